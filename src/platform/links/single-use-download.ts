/**
 * Single-use downloads of sealed objects. In: the token of a link, and what the database decides about it. Out: sealed bytes, piece by
 * piece, to one client at a time; the object is removed when it was taken or is over. Never here: whether a link that answers
 * nothing is wrong, used or over; how often and how long, which the database decides.
 */
import type { ObjectStore } from '../objects/object-store.ts'
import { tokenHash } from './link-token.ts'

const pieceBytes = 256 * 1024
/**
 * The last bytes are a piece of their own, however small the object is. They are handed out once and end it; a connection that breaks
 * before them may begin again.
 */
const lastPieceBytes = 1024

export interface Begun {
  sizeBytes: number
}

/** Refusal of a download while another client downloads the same object. */
export interface DownloadInProgress {
  isBusy: true
}

/** What a kind of such objects asks of the database. */
export interface SingleUseDownloadStore<Fetched extends Begun, Ended> {
  /** The language of whoever it is for; nothing where there is nothing to fetch. */
  behind: (hash: Buffer) => Promise<'fi' | 'sv' | 'en' | null>
  /** Begins a download; nothing where there is nothing to fetch. */
  begin: (hash: Buffer, address: string | undefined) => Promise<Fetched | DownloadInProgress | undefined>
  /** Renews the download's lease before each piece; false once it has ended or another has begun. */
  goesOn: (fetched: Fetched) => Promise<boolean>
  /** Ends the object before its last bytes are handed out; true for one download at the most. */
  take: (fetched: Fetched) => Promise<boolean>
  /** Ends the lease of a download whose connection broke. */
  broke: (fetched: Fetched) => Promise<unknown>
  keyOf: (which: Fetched | Ended) => string
  /** Bytes as they leave; nothing where it can be read no more. */
  read: (fetched: Fetched, from: number, to: number) => Promise<Buffer | undefined>
  hasEnded: (fetched: Fetched) => Promise<boolean>
  /** Ends what is over, and names all that has ended and may lie there still. */
  settle: () => Promise<readonly Ended[]>
  /** @returns how many need no further look */
  noteRemoved: (which: readonly (Fetched | Ended)[]) => Promise<number>
}

export interface SingleUseDownloads<Fetched extends Begun> {
  behind: (asked: { token: string }) => Promise<{ language?: 'fi' | 'sv' | 'en' }>
  /** @param asked.address of the client, for the list of downloads */
  begin: (asked: { token: string; address?: string }) => Promise<Partial<Fetched> & Partial<DownloadInProgress>>
  /** The piece from a position on, in base64; nothing where it has ended meanwhile. */
  piece: (asked: Fetched & { from: number }) => Promise<{ bytes?: string }>
  /** The last bytes were sent: removes the object. */
  taken: (asked: Fetched) => Promise<{ taken: true }>
  /** The connection broke before the last bytes were sent. */
  broke: (asked: Fetched) => Promise<{ broke: true }>
}

export interface RemovingEnded {
  /** @returns how many */
  removeEnded: () => Promise<number>
}

export function createSingleUseDownloads<Fetched extends Begun, Ended>(
  objects: ObjectStore,
  lying: SingleUseDownloadStore<Fetched, Ended>,
): SingleUseDownloads<Fetched> & RemovingEnded {
  async function remove(which: readonly (Fetched | Ended)[]): Promise<number> {
    for (const one of which) await objects.delete(lying.keyOf(one))
    return which.length === 0 ? 0 : lying.noteRemoved(which)
  }

  return {
    async behind({ token }) {
      const language = await lying.behind(tokenHash(token))
      return language ? { language } : {}
    },
    async begin({ token, address }) {
      return ((await lying.begin(tokenHash(token), address)) ?? {}) as Partial<Fetched> & Partial<DownloadInProgress>
    },
    async piece(asked) {
      if (!(await lying.goesOn(asked))) return {}
      const { from, sizeBytes } = asked
      const beforeLast = Math.max(0, sizeBytes - lastPieceBytes)
      const to = from < beforeLast ? Math.min(from + pieceBytes, beforeLast) : sizeBytes
      const bytes = await lying.read(asked, from, to)
      if (!bytes) return {}
      if (to === sizeBytes && !(await lying.take(asked))) return {}
      return { bytes: bytes.toString('base64') }
    },
    async taken(asked) {
      if (await lying.hasEnded(asked)) await remove([asked])
      return { taken: true }
    },
    async broke(asked) {
      await lying.broke(asked)
      return { broke: true }
    },
    removeEnded: async () => remove(await lying.settle()),
  }
}
