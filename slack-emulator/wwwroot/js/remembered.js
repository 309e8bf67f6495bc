// Small choices that outlive a reload. Storage can be switched off in a browser: then they last for this visit.

export function remembered(storage, name) {
  let values = {};
  try {
    values = JSON.parse(storage.getItem(name)) ?? {};
  } catch { /* nothing kept, or nothing that we wrote */ }
  return {
    get: key => Object.hasOwn(values, key) ? values[key] : undefined,
    set(key, value) {
      values[key] = value;
      try {
        storage.setItem(name, JSON.stringify(values));
      } catch { /* for this visit only */ }
    },
  };
}
