/** Members that are there, for objects whose types let members be missing and not be undefined: `{ id, ...given({ unit }) }`. */
export function given<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  const there = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof Members]?: NonNullable<Members[Name]> }
}
