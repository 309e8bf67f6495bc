// Builds DOM nodes. Strings always become text nodes: nothing on this page is ever parsed as HTML.

export function el(name, properties, ...children) {
  const node = document.createElement(name);
  // Children first: with dir="auto" set, each child added would have the direction worked out anew.
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'class') node.className = value;
    else node.setAttribute(key, value === true ? '' : String(value));
  }
  return node;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A drawing of our own: shapes are constants of this page, never data. */
export function drawing(shapes, { size = 20, box = 20, label, className } = {}) {
  const svg = document.createElementNS(SVG, 'svg');
  const attributes = { viewBox: `0 0 ${box} ${box}`, width: size, height: size };
  if (className) attributes.class = className;
  if (label) Object.assign(attributes, { role: 'img', 'aria-label': label });
  else attributes['aria-hidden'] = 'true';
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const [name, shape] of shapes) {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(shape)) node.setAttribute(key, value);
    svg.append(node);
  }
  return svg;
}

const line = d => ['path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }];

const ICONS = {
  hash: [line('M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5')],
  archive: [line('M3 4h14v3.5H3zM4.5 7.5V16h11V7.5M8 10.5h4')],
  menu: [line('M3 5.5h14M3 10h14M3 14.5h14')],
  close: [line('M5 5l10 10M15 5 5 15')],
  back: [line('M8.5 4 3 10l5.5 6M3.5 10H17')],
  reply: [line('M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14h-5l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4zM6 7.7h8M6 10.5h5')],
  trash: [line('M3.5 5.5h13M8 5.5V3.5h4v2M5 5.5l.8 11h8.4l.8-11M8.3 8.5l.3 5M11.7 8.5l-.3 5')],
  source: [line('M7 5 2.5 10 7 15M13 5l4.5 5-4.5 5')],
  eye: [line('M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z'), ['circle', { cx: 10, cy: 10, r: 2.2, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }]],
  send: [['path', { d: 'M3 3.2 17.6 10 3 16.8l1.8-5.6L11 10 4.8 8.8z', fill: 'currentColor' }]],
  down: [line('M10 4v12M5 11l5 5 5-5')],
  picture: [line('M3 4h14v12H3zM3 13.5l4-4 3.5 3.5 2.5-2.5 4 4'), ['circle', { cx: 13, cy: 7.7, r: 1.2, fill: 'currentColor' }]],
  bin: [line('M5 5l10 10'), ['circle', { cx: 10, cy: 10, r: 7, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }]],
};

export const icon = (name, size = 18) => drawing(ICONS[name], { size, className: 'icon' });
