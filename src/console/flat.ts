/** A value of any shape as one line for each value within: `name.givenName`, `emails 1 value`. */
export function flat(value: unknown, name = ''): Record<string, string> {
  if (value === null || value === undefined || name === 'schemas') return {};
  if (typeof value !== 'object') return { [name]: String(value) };
  const within = Object.entries(value).map(([key, one]) => {
    const place = Array.isArray(value) ? `${name} ${Number(key) + 1}` : name === '' ? key : `${name}.${key}`;
    return flat(one, place);
  });
  return Object.assign({}, ...within);
}
