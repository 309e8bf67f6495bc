// Brings a list's children into line with what they should be, touching only what changed: hover, focus, selection
// and open menus in the other entries survive a new message.

const shown = new WeakMap();

/** @param items [{key, signature, build}]: build is called when the signature is new for the key */
export function reconcile(parent, items) {
  const before = shown.get(parent) ?? new Map();
  const after = new Map();
  let cursor = parent.firstChild;
  for (const { key, signature, build } of items) {
    let entry = before.get(key);
    before.delete(key);
    if (entry?.signature !== signature || !entry) {
      const node = build();
      if (entry) {
        if (cursor === entry.node) cursor = node;
        replace(entry.node, node);
      }
      entry = { node, signature };
    }
    if (entry.node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(entry.node, cursor);
    after.set(key, entry);
  }
  for (const { node } of before.values()) node.remove();
  shown.set(parent, after);
}

function replace(old, node) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(node);
  if (!focused) return;
  const name = focused.dataset.testid;
  const same = [node, ...node.querySelectorAll('[data-testid]')].find(one => one.dataset.testid === name);
  // A pressed button may be gone from the new card (Resolve has become Unresolve): stay at its place, or at least at the message.
  (same ?? node.querySelector('.block-actions .button') ?? node).focus({ preventScroll: true });
}
