/** Members of a full tile or bundle (C2SP tlog-tiles). */
export const tileWidth = 256

export interface TilePath {
  path: string
  index: number
  /** Its number of members. */
  width: number
}

/** Returns the files of a level, or of the entries, in a tree with this many members there. */
export function tilePaths(level: number | 'entries', members: number): TilePath[] {
  const full = Math.floor(members / tileWidth)
  const rest = members % tileWidth
  const all = Array.from({ length: full }, (_, index) => ({ path: pathOf(level, index), index, width: tileWidth }))
  return rest === 0 ? all : [...all, { path: `${pathOf(level, full)}.p/${rest}`, index: full, width: rest }]
}

function pathOf(level: number | 'entries', index: number): string {
  const groups = String(index)
    .padStart(Math.ceil(String(index).length / 3) * 3, '0')
    .match(/\d{3}/g)!
  const last = groups.pop()!
  return ['tile', level, ...groups.map((group) => `x${group}`), last].join('/')
}
