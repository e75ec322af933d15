/**
 * Single-use downloads of sealed objects by a link's token, to one client at a time. The object is removed once downloaded or
 * expired. The database decides whether, how often and how long; the client cannot distinguish a wrong link from a used or expired
 * one.
 */
import type { ObjectStore } from '../objects/object-store.ts'
import { tokenHash } from './link-token.ts'

const pieceBytes = 256 * 1024
/**
 * The last bytes are always a separate piece, sent once: sending that piece uses up the link. If the connection breaks earlier,
 * the download may start again.
 */
const lastPieceBytes = 1024

export interface Begun {
  sizeBytes: number
}

/** Refusal: another client is downloading the object. */
export interface DownloadInProgress {
  isBusy: true
}

/** Database operations of one kind of download. */
export interface SingleUseDownloadStore<Fetched extends Begun, Ended> {
  /** Returns the recipient's language; null if there is nothing to download. */
  languageOfLink: (hash: Buffer) => Promise<'fi' | 'sv' | 'en' | null>
  /** Begins a download; undefined if there is nothing to download. */
  begin: (hash: Buffer, address: string | undefined) => Promise<Fetched | DownloadInProgress | undefined>
  /** Renews the download's lease before each piece; false if it has ended or another download has begun. */
  isActive: (fetched: Fetched) => Promise<boolean>
  /** Uses up the link before the last bytes are sent; true for at most one download. */
  useUpLink: (fetched: Fetched) => Promise<boolean>
  /** Releases the lease of a download whose connection broke. */
  releaseLease: (fetched: Fetched) => Promise<unknown>
  keyOf: (which: Fetched | Ended) => string
  /** Returns sealed bytes; undefined if they can no longer be read. */
  read: (fetched: Fetched, from: number, to: number) => Promise<Buffer | undefined>
  hasEnded: (fetched: Fetched) => Promise<boolean>
  /** Ends expired downloads. Returns all ended ones whose objects may still exist. */
  endExpired: () => Promise<readonly Ended[]>
  /**
   * Records removed objects.
   * @returns how many need no further attempt
   */
  recordRemoved: (which: readonly (Fetched | Ended)[]) => Promise<number>
}

export interface SingleUseDownloads<Fetched extends Begun> {
  languageOfLink: (request: { token: string }) => Promise<{ language?: 'fi' | 'sv' | 'en' }>
  /**
   * Begins a download.
   * @param request.address client address, for the list of downloads
   */
  begin: (request: { token: string; address?: string }) => Promise<Partial<Fetched> & Partial<DownloadInProgress>>
  /** Returns the piece at a position, in base64; undefined if the download has ended. */
  piece: (request: Fetched & { from: number }) => Promise<{ bytes?: string }>
  /** Removes the object: the last bytes were sent. */
  taken: (request: Fetched) => Promise<{ taken: true }>
  /** Releases the lease: the connection broke before the last bytes. */
  releaseLease: (request: Fetched) => Promise<{ broke: true }>
}

export interface RemovingEnded {
  /**
   * Removes the objects of ended downloads.
   * @returns how many
   */
  removeEnded: () => Promise<number>
}

export function createSingleUseDownloads<Fetched extends Begun, Ended>(
  objects: ObjectStore,
  stored: SingleUseDownloadStore<Fetched, Ended>,
): SingleUseDownloads<Fetched> & RemovingEnded {
  async function remove(which: readonly (Fetched | Ended)[]): Promise<number> {
    for (const one of which) await objects.delete(stored.keyOf(one))
    return which.length === 0 ? 0 : stored.recordRemoved(which)
  }

  return {
    async languageOfLink({ token }) {
      const language = await stored.languageOfLink(tokenHash(token))
      return language ? { language } : {}
    },
    async begin({ token, address }) {
      return ((await stored.begin(tokenHash(token), address)) ?? {}) as Partial<Fetched> & Partial<DownloadInProgress>
    },
    async piece(request) {
      if (!(await stored.isActive(request))) return {}
      const { from, sizeBytes } = request
      const beforeLast = Math.max(0, sizeBytes - lastPieceBytes)
      const to = from < beforeLast ? Math.min(from + pieceBytes, beforeLast) : sizeBytes
      const bytes = await stored.read(request, from, to)
      if (!bytes) return {}
      if (to === sizeBytes && !(await stored.useUpLink(request))) return {}
      return { bytes: bytes.toString('base64') }
    },
    async taken(request) {
      if (await stored.hasEnded(request)) await remove([request])
      return { taken: true }
    },
    async releaseLease(request) {
      await stored.releaseLease(request)
      return { broke: true }
    },
    removeEnded: async () => remove(await stored.endExpired()),
  }
}
