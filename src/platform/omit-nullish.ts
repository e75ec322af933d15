/**
 * Returns the members that are neither null nor undefined, for types with optional members: `{ id, ...omitNullish({ unit })
 * }`.
 */
export function omitNullish<Members extends object>(
  members: Members,
): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  const present = Object.entries(members).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(present) as { [Name in keyof Members]?: NonNullable<Members[Name]> }
}
