/**
 * Makes a package (R27, R30, R33, R34), as the custodian, in the decision maker's name: one ZIP in an age file that only the
 * recipient can open. No audio is on disk unsealed, and the passphrase is not stored.
 */
import { createHash, sign, type KeyObject } from 'node:crypto'
import { sql } from 'kysely'
import { headerForKey, headerForPassphrase, type AgeHeader } from '#platform/age/header-for.ts'
import { makePassphrase } from '#platform/age/passphrase.ts'
import { inSession } from '#platform/database/connect.ts'
import { newToken, tokenHash } from '#platform/links/link-token.ts'
import type { OpusThreads } from '#platform/opus/encode-in-threads.ts'
import { writeVcon } from '#platform/vcon/write-vcon.ts'
import { writeZip, type ZipEntry } from '#platform/zip/write-zip.ts'
import { atRestKey } from '#register/recordings/at-rest.ts'
import { packageKey } from '#register/recordings/objects.ts'
import { sealObject, removeUnfinished } from '#register/recordings/seal-object.ts'
import type { CopyStore } from '#register/recordings/subject-copies.ts'
import { returnRefusal, type Refused } from '#safeguards/access/database-request.ts'
import {
  authorityContents,
  originalSound,
  readAuthorityPackage,
  type AuthorityPackage,
  type CallOfItem,
} from './authority-files.ts'
import { authorityVcon, researchVcon, type SoundOfCall } from './package-vcons.ts'
import { makePackageRefusals, type MakePackageRefusal } from './package-refusals.ts'
import { recordingsInPackage } from './recordings-in-package.ts'
import { readResearchPackage, researchSounds, type ListedSound, type ResearchPackage } from './research-files.ts'

export interface PackageRequest {
  session: string
  kind: 'RESEARCH' | 'AUTHORITY'
  disclosure: string
  method: 'KEY' | 'PASSPHRASE'
  delivery: 'LINK' | 'MEDIUM'
  /** KEY to an authority: an `age1...` recipient. */
  recipient?: string | undefined
}

export interface PackageBegun {
  id: string
  /** LINK: token of the link; not stored. */
  token?: string
  passphrase?: string
  expiresAt: string
}

/** Pages in packages for the recipient. */
export interface PackagePages {
  research: (disclosure: ResearchPackage, files: readonly ListedSound[]) => string
  authority: (disclosure: AuthorityPackage, calls: readonly CallOfItem[]) => string
}

export interface PackageMakerOptions extends CopyStore {
  opus: OpusThreads
  pages: PackagePages
  now: () => Temporal.Instant
  /** Signer of packages; undefined while the log has no key. */
  signer: () => Promise<{ name: string; privateKey: KeyObject } | undefined>
  /** Called when a package could not be made; its state shows that. */
  onFault: (error: unknown, id: string) => void
}

export interface PackageMaker {
  /** Begins a package; its state shows the progress. */
  make: (request: PackageRequest) => Promise<PackageBegun | Refused<MakePackageRefusal>>
  /** Resolves when nothing is being made any more. */
  stop: () => Promise<void>
}

/** Of unfinished files. */
const workSuffix = '.package'

export function createPackageMaker(options: PackageMakerOptions): PackageMaker {
  let last: Promise<void> = Promise.resolve()
  return {
    async make(request) {
      if (request.recipient !== undefined && !headerForKey(request.recipient)) return { refused: 'package.recipient' }
      const passphrase = request.method === 'PASSPHRASE' ? makePassphrase() : undefined
      const token = request.delivery === 'LINK' ? newToken() : undefined
      const begun = await begin(options, request, token === undefined ? undefined : tokenHash(token))
      if ('refused' in begun) return begun
      const makeHeader = (): Promise<AgeHeader> | AgeHeader => {
        const header = passphrase === undefined ? headerForKey(begun.recipient) : headerForPassphrase(passphrase)
        if (!header) throw new Error('the recipient’s key is not a usable key: ask the institute for another')
        return header
      }
      last = last.then(() => finish(options, request.kind, request.session, begun.id, makeHeader))
      return {
        id: begun.id,
        expiresAt: begun.expires_at.toString(),
        ...(token !== undefined && { token }),
        ...(passphrase !== undefined && { passphrase }),
      }
    },
    stop: () => last,
  }
}

/** At start: ends packages whose making was interrupted, and removes unfinished files. */
export async function endUnfinishedPackages(
  store: Pick<CopyStore, 'db' | 'workFolder'>,
): Promise<{ ended: number; files: number }> {
  const { rows } = await sql`
    select fail_package(id) from disclosure_package where ready_at is null and ended_at is null`.execute(store.db)
  return { ended: rows.length, files: await removeUnfinished(store, workSuffix) }
}

interface Begun {
  id: string
  expires_at: Temporal.Instant
  recipient: string | null
}

function begin(
  { db }: PackageMakerOptions,
  { session, kind, disclosure, method, delivery, recipient }: PackageRequest,
  hash: Buffer | undefined,
): Promise<Begun | Refused<MakePackageRefusal>> {
  const beginning = inSession(db, { 'seloste.session': session }, async (tx) => {
    const { rows } = await sql<Begun>`
      select * from begin_package(${kind}, ${disclosure}::uuid, ${method}, ${delivery}, ${hash ?? null}, ${recipient ?? null})`.execute(
      tx,
    )
    return rows[0]!
  })
  return returnRefusal(makePackageRefusals, beginning)
}

/** Makes and stores a package; deletes it if it was ended meanwhile. Never throws. */
async function finish(
  options: PackageMakerOptions,
  kind: PackageRequest['kind'],
  session: string,
  id: string,
  makeHeader: () => Promise<AgeHeader> | AgeHeader,
): Promise<void> {
  const { db, objects, onFault } = options
  try {
    const entries = kind === 'RESEARCH' ? researchEntries(options, id) : authorityEntries(options, id)
    const recordings = await recordingsInPackage(db, id)
    const atRest = recordings.length === 0 ? undefined : await atRestKey(options, recordings, id)
    if (recordings.length > 0 && !atRest) throw new Error('the key of a recording in the package no longer exists')
    const sealed = { file: id + workSuffix, key: packageKey(id), ...(await makeHeader()), atRest }
    const { sizeBytes, sha256 } = await sealObject(options, sealed, writeZip(entries))
    // Stores the package in the name of the person who releases it, if they are still signed in.
    const stored = await inSession(db, { 'seloste.session': session }, async (tx) => {
      const { rows } = await sql<{ stored: boolean }>`
        select complete_package(${id}::uuid, ${sizeBytes}, ${sha256}) as stored`.execute(tx)
      return rows[0]?.stored === true
    })
    if (stored) return
    await objects.delete(packageKey(id))
    await sql`select fail_package(${id}::uuid)`.execute(db)
  } catch (error) {
    onFault(error, id)
    // If the database does not answer, the package expires in two hours.
    await sql`select fail_package(${id}::uuid)`.execute(db).catch((again: unknown) => onFault(again, id))
  }
}

async function* researchEntries(options: PackageMakerOptions, id: string): AsyncGenerator<ZipEntry> {
  const disclosure = await readResearchPackage(options.db, id)
  const signer = await signerOf(options)
  const files: ListedSound[] = []
  const vcons: ListedEntry[] = []
  for await (const { listed, bytes } of researchSounds(options, disclosure, () =>
    progress(options, id, files.length + 1),
  )) {
    files.push(listed)
    yield { name: listed.name, bytes }
    const sha512 = createHash('sha512').update(bytes).digest()
    const vcon = writeVcon(researchVcon(signer.name, options.now(), listed, sha512), signer)
    const entry = { name: listed.name.replace(/[.].*$/, '.vcon'), bytes: vcon }
    vcons.push(listedEntry(entry))
    yield entry
  }
  yield {
    name: 'manifest.json',
    bytes: jsonOf({
      format: 'seloste-research-package/1',
      disclosure: disclosure.number,
      purpose: 'QUALITY_LEVEL',
      files,
      vcons,
    }),
  }
  yield { name: 'letter.html', bytes: Buffer.from(options.pages.research(disclosure, files)) }
}

async function* authorityEntries(options: PackageMakerOptions, id: string): AsyncGenerator<ZipEntry> {
  const disclosure = await readAuthorityPackage(options.db, id)
  const { calls, recordings } = await authorityContents(options.db, id)
  const signer = await signerOf(options)
  const listed: ListedEntry[] = []
  const sounds = new Map<number, SoundOfCall>()
  for (const one of recordings) {
    const { file, sha256, sha512 } = originalSound(options, one)
    yield file
    listed.push({ name: file.name, item: one.item, sha256: sha256() })
    sounds.set(one.item, { name: file.name, sha512: sha512(), part: one.part })
    await progress(options, id, listed.length)
  }
  const pages: [string, Buffer][] =
    calls.length === 0
      ? []
      : [
          ['identification-data.json', jsonOf({ format: 'seloste-identification-data/1', calls })],
          ['identification-data.html', Buffer.from(options.pages.authority(disclosure, calls))],
        ]
  const called = new Map(calls.map((call) => [call.item, call]))
  for (const item of new Set([...called.keys(), ...sounds.keys()])) {
    const vcon = authorityVcon(signer.name, options.now(), { call: called.get(item), sound: sounds.get(item) })
    pages.push([`${item}.vcon`, writeVcon(vcon, signer)])
  }
  for (const [name, bytes] of pages) {
    yield { name, bytes }
    listed.push(listedEntry({ name, bytes }))
  }
  const manifest = jsonOf({
    format: 'seloste-authority-package/1',
    disclosure: disclosure.number,
    authority: disclosure.authority,
    caseNumber: disclosure.caseNumber,
    provision: disclosure.provision,
    decidedAt: disclosure.decidedAt.toString(),
    files: listed,
    signedBy: signer.name,
  })
  yield { name: 'manifest.json', bytes: manifest }
  yield { name: 'manifest.json.sig', bytes: sign(null, manifest, signer.privateKey) }
}

/** An entry of a package in its manifest. */
interface ListedEntry {
  name: string
  item?: number
  sha256: string
}

function listedEntry({ name, bytes }: { name: string; bytes: Buffer }): ListedEntry {
  return { name, sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function signerOf({ signer }: PackageMakerOptions): Promise<{ name: string; privateKey: KeyObject }> {
  const found = await signer()
  if (!found)
    throw new Error('the audit log has no key yet, so the package cannot be signed: start the custodian and try again')
  return found
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}

/**
 * Records progress.
 * @throws if the package was ended meanwhile
 */
async function progress({ db }: PackageMakerOptions, id: string, done: number): Promise<void> {
  const { rows } = await sql<{ mayContinue: boolean }>`
    select record_package_progress(${id}::uuid, ${done}) as "mayContinue"`.execute(db)
  if (rows[0]?.mayContinue !== true) throw new Error('the package has ended while it was made')
}
