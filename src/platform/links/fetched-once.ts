/**
 * What lies sealed behind a link, once. In: the token that somebody has, what the database says of it. Out: sealed bytes, piece by
 * piece, until all of it has left; then, and when its time is over, its object is removed. Never here: whether a link that answers
 * nothing is wrong, used or over; how often and how long, which the database decides.
 */
import type { ObjectStore } from '../objects/object-store.ts'
import { tokenHash } from './link-token.ts'

const pieceBytes = 256 * 1024

export interface Begun {
  sizeBytes: number
}

/** What a kind of such objects asks of the database. */
export interface LyingBehindLinks<Fetched extends Begun, Ended> {
  /** The language of whoever it is for; nothing where there is nothing to fetch. */
  behind: (hash: Buffer) => Promise<'fi' | 'sv' | 'en' | null>
  /** Begins to fetch; nothing where there is nothing to fetch. */
  begin: (hash: Buffer) => Promise<Fetched | undefined>
  /** Asked for every piece; not of what somebody has begun again since. */
  goesOn: (fetched: Fetched) => Promise<boolean>
  keyOf: (which: Fetched | Ended) => string
  /** @returns whether it has ended */
  noteTaken: (fetched: Fetched) => Promise<boolean>
  /** Ends what is over, and names all that has ended and may lie there still. */
  settle: () => Promise<readonly Ended[]>
  /** @returns how many need no further look */
  noteRemoved: (which: readonly (Fetched | Ended)[]) => Promise<number>
}

export interface FetchedOnce<Fetched extends Begun> {
  behind: (asked: { token: string }) => Promise<{ language?: 'fi' | 'sv' | 'en' }>
  begin: (asked: { token: string }) => Promise<Partial<Fetched>>
  /** The piece from a position on, in base64; nothing where it has ended meanwhile. */
  piece: (asked: Fetched & { from: number }) => Promise<{ bytes?: string }>
  /** The last byte has left. */
  taken: (asked: Fetched) => Promise<{ taken: true }>
}

export interface RemovingEnded {
  /** @returns how many */
  removeEnded: () => Promise<number>
}

export function createFetchedOnce<Fetched extends Begun, Ended>(
  objects: ObjectStore,
  lying: LyingBehindLinks<Fetched, Ended>,
): FetchedOnce<Fetched> & RemovingEnded {
  async function remove(which: readonly (Fetched | Ended)[]): Promise<number> {
    for (const one of which) await objects.delete(lying.keyOf(one))
    return which.length === 0 ? 0 : lying.noteRemoved(which)
  }

  return {
    async behind({ token }) {
      const language = await lying.behind(tokenHash(token))
      return language ? { language } : {}
    },
    async begin({ token }) {
      return (await lying.begin(tokenHash(token))) ?? {}
    },
    async piece(asked) {
      if (!(await lying.goesOn(asked))) return {}
      const to = Math.min(asked.sizeBytes, asked.from + pieceBytes)
      return { bytes: (await objects.readRange(lying.keyOf(asked), asked.from, to)).toString('base64') }
    },
    async taken(asked) {
      if (await lying.noteTaken(asked)) await remove([asked])
      return { taken: true }
    },
    removeEnded: async () => remove(await lying.settle()),
  }
}
