/** Returns the members that are not undefined, for types with optional members: `{ id, ...given({ unit }) }`. */
export function omitNullish<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  const there = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof Members]?: NonNullable<Members[Name]> }
}
