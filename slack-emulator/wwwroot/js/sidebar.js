// Workspaces, channels, and the person one acts as.

import { el, icon } from './elements.js';
import { reconcile } from './keyed.js';
import { link } from './address.js';
import { avatar, displayName, people } from './people.js';

const find = id => document.getElementById(id);
const initials = name => name.split(/\s+/).slice(0, 2).map(word => [...word][0]).join('').toUpperCase();

/** @param view {workspaces, workspace, channel, unread: Map, acting, lastChannel(team)} */
export function showSidebar({ workspaces, workspace, channel, unread, acting, firstChannel }) {
  const rail = find('rail');
  rail.hidden = workspaces.length < 2;
  reconcile(rail, workspaces.map(one => ({
    key: one.team,
    signature: JSON.stringify([one.name, one === workspace]),
    build: () => el('li', null, el('a', {
      class: 'rail-item', href: link(one.team, firstChannel(one)), title: one.name, 'aria-label': one.name, 'aria-current': one === workspace ? 'true' : null,
    }, initials(one.name))),
  })));

  find('workspace-name').textContent = workspace?.name ?? '\u00a0';
  const byName = (a, b) => a.isArchived - b.isArchived || a.name.localeCompare(b.name, 'en', { numeric: true });
  reconcile(find('channels'), [...workspace?.channels ?? []].sort(byName).map(one => {
    const waiting = one.id === channel ? 0 : unread.get(one.id) ?? 0;
    return {
      key: one.id,
      signature: JSON.stringify([workspace.team, one, waiting, one.id === channel]),
      build: () => el('li', null, el('a', {
        class: `channel-link${waiting ? ' unread' : ''}${one.isArchived ? ' archived' : ''}`,
        href: link(workspace.team, one.id),
        'aria-current': one.id === channel ? 'page' : null,
        'data-testid': `channel-${one.id}`,
      }, icon(one.isArchived ? 'archive' : 'hash', 16), el('span', { class: 'channel-name', dir: 'auto' }, one.name),
      one.isArchived && el('span', { class: 'unseen' }, ' (archived)'),
      waiting > 0 && el('span', { class: 'count' }, String(Math.min(waiting, 99)), el('span', { class: 'unseen' }, waiting === 1 ? ' new message' : ' new messages')))),
    };
  }));
  showActing(workspace, acting);
}

function showActing(workspace, acting) {
  const select = find('acting-user');
  const users = people(workspace);
  const signature = JSON.stringify(users);
  if (select.dataset.users !== signature) {
    select.dataset.users = signature;
    select.replaceChildren(...users.map(user => el('option', { value: user.id }, displayName(user))));
  }
  select.value = acting?.id ?? '';
  const face = find('acting-avatar');
  if (face.dataset.user !== acting?.id) {
    face.dataset.user = acting?.id ?? '';
    const drawn = acting ? avatar({ id: acting.id, name: displayName(acting) }, 'avatar-small') : null;
    face.className = drawn?.className ?? 'avatar avatar-small';
    face.replaceChildren(...drawn?.childNodes ?? []);
  }
}

/** On a narrow screen the sidebar is a drawer. */
export function drawer() {
  const [sidebar, scrim, menu, close] = ['sidebar', 'scrim', 'menu', 'close-menu'].map(find);
  const narrow = matchMedia('(max-width: 760px)');
  let isOpen = false;
  const set = open => {
    isOpen = open && narrow.matches;
    sidebar.classList.toggle('open', isOpen);
    sidebar.inert = narrow.matches && !isOpen;
    scrim.hidden = !isOpen;
    menu.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) sidebar.querySelector('[aria-current="page"]')?.focus();
  };
  menu.append(icon('menu', 20));
  close.append(icon('close', 20));
  menu.addEventListener('click', () => set(!isOpen));
  close.addEventListener('click', () => { set(false); menu.focus(); });
  scrim.addEventListener('click', () => set(false));
  narrow.addEventListener('change', () => set(false));
  set(false);
  return { close: () => set(false), isOpen: () => isOpen };
}
