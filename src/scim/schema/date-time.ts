const DATE_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * The instant of an xsd:dateTime (RFC 7643 §2.3.5) in UTC with milliseconds, so that equal instants are equal texts; a
 * missing zone is UTC. Null when it is not one. Date.parse alone takes "5" for a day in May.
 */
export function toInstant(text: string): string | null {
  const found = DATE_TIME.exec(text);
  if (!found) return null;
  const time = Date.parse(found[1] || text.length === 10 ? text.toUpperCase() : `${text.toUpperCase()}Z`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
