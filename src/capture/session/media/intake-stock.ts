/**
 * Capture's stock of public intake keys, one for each recording (docs/decisions/0078). In: batches from the register while it is
 * there. Out: a key, each once, also across a crash and without the register for as long as the stock lasts. Never here: a private key.
 *
 * A batch lies in a file until it is begun; then its file is removed first, so that no crash lets a key be used twice. What is left of
 * the batches in memory is written back when the process ends by itself, and lost when it dies.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably, syncFolder } from '#platform/files/durable-files.ts'

export interface IntakeBatchFile {
  id: string
  takenAt: string
  publicKeys: string[]
}

/** The register, as far as it gives keys. Each throws while it cannot be reached. */
export interface IntakeSource {
  /** How many keys a node holds in stock. */
  wanted(): Promise<number>
  take(mostBatches: number): Promise<{ id: string; publicKeys: string[] }[]>
  /** Those of these batches whose keys may still be used. */
  inUse(ids: readonly string[]): Promise<ReadonlySet<string>>
}

export interface IntakeStock {
  /** A public key (age1…) that nobody gets a second time; nothing when the stock is used up. */
  next(): string | undefined
  /** Keys left. */
  readonly left: number
  /** Drops batches that are not in use any more, and fills up the stock. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

/** In memory, of begun batches: those are lost with the process. */
const keysAtHand = 192
const batchKeys = 64
/** Before the custodian ends them, forty days after they were taken (safeguards/keys/intake-keys.ts). */
const mostDaysUsed = 35
/** Then a fresh stock is taken, while there is time for a register that is away. */
const daysFresh = 20
const refreshMs = 60_000
/** The custodian is making more. */
const shortMs = 2_000

export async function openIntakeStock(options: {
  folder: string
  source: IntakeSource
  now: () => Temporal.Instant
  onFault: (error: unknown) => void
  /** Less than a quarter of the stock is left, and more could not be had; told once until there is more. */
  onLow?: (left: number) => void
}): Promise<IntakeStock> {
  const { folder, source, now, onFault } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stored = await readStored(folder)
  const begun: { batch: IntakeBatchFile; keys: string[] }[] = []
  let wanted = 0
  let stopped = false
  let wasLow = false
  let wasReached = true
  let refreshedMs = 0
  let timer: NodeJS.Timeout | undefined
  let beginning: Promise<void> | undefined
  let refreshing: Promise<void> | undefined

  const atHand = () => begun.reduce((sum, { keys }) => sum + keys.length, 0)
  const left = () => atHand() + stored.reduce((sum, { publicKeys }) => sum + publicKeys.length, 0)
  const pathOf = (id: string) => join(folder, `${id}.json`)
  const ageDays = ({ takenAt }: IntakeBatchFile) => now().since(Temporal.Instant.from(takenAt)).total('hours') / 24

  async function begin(): Promise<void> {
    while (!stopped && atHand() < keysAtHand && stored.length > 0) {
      const batch = stored[0]!
      await rm(pathOf(batch.id), { force: true })
      await syncFolder(folder)
      const at = stored.indexOf(batch)
      if (at < 0) continue
      stored.splice(at, 1)
      if (ageDays(batch) < mostDaysUsed) begun.push({ batch, keys: [...batch.publicKeys] })
    }
  }
  const beginMore = () =>
    (beginning ??= begin()
      .catch(onFault)
      .finally(() => (beginning = undefined)))

  async function fill(): Promise<void> {
    const held = [...begun.map(({ batch }) => batch), ...stored]
    const inUse = await source.inUse(held.map(({ id }) => id))
    const isOver = (batch: IntakeBatchFile) => !inUse.has(batch.id) || ageDays(batch) >= mostDaysUsed
    for (const one of begun.filter(({ batch }) => isOver(batch))) begun.splice(begun.indexOf(one), 1)
    for (const batch of stored.filter(isOver)) {
      await rm(pathOf(batch.id), { force: true })
      const at = stored.indexOf(batch)
      if (at >= 0) stored.splice(at, 1)
    }
    wanted = await source.wanted()
    const fresh = held.filter((batch) => !isOver(batch) && ageDays(batch) < daysFresh)
    const freshKeys = fresh.reduce((sum, { publicKeys }) => sum + publicKeys.length, 0)
    if (Math.min(left(), freshKeys) > wanted / 2) return
    const batches = await source.take(Math.ceil((wanted - Math.min(left(), freshKeys)) / batchKeys))
    for (const { id, publicKeys } of batches) {
      const batch = { id, publicKeys, takenAt: now().toString() }
      await write(batch)
      stored.push(batch)
    }
    if (batches.length > 0) await syncFolder(folder)
  }

  async function write(batch: IntakeBatchFile): Promise<void> {
    const path = pathOf(batch.id)
    await rm(`${path}.new`, { force: true })
    const file = await createDurably(`${path}.new`, Buffer.from(JSON.stringify(batch)))
    await file.close()
    await rename(`${path}.new`, path)
  }

  function refresh(): Promise<void> {
    return (refreshing ??= fill()
      .then(
        () => (wasReached = true),
        (error: unknown) => {
          // Once for each time that the register is away.
          if (wasReached) onFault(error)
          wasReached = false
        },
      )
      .then(beginMore)
      .finally(() => {
        refreshing = undefined
        refreshedMs = performance.now()
        const isLow = left() < wanted / 4
        if (isLow && !wasLow) options.onLow?.(left())
        wasLow = isLow
        clearTimeout(timer)
        if (!stopped) timer = setTimeout(() => void refresh(), left() <= wanted / 2 ? shortMs : refreshMs).unref()
      }))
  }

  await beginMore()
  await refresh()

  return {
    next() {
      while (begun.length > 0 && begun[0]!.keys.length === 0) begun.shift()
      const key = begun[0]?.keys.pop()
      if (atHand() < keysAtHand / 2) void beginMore()
      if (left() <= wanted / 2 && performance.now() - refreshedMs > shortMs) void refresh()
      return key
    },
    get left() {
      return left()
    },
    refresh,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await refreshing
      await beginning
      for (const { batch, keys } of begun)
        if (keys.length > 0) await write({ ...batch, publicKeys: keys }).catch(onFault)
      begun.length = 0
    },
  }
}

/** The oldest first. A file that a crash left half written is none. */
async function readStored(folder: string): Promise<IntakeBatchFile[]> {
  const found: IntakeBatchFile[] = []
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (!name.endsWith('.json')) {
      await rm(path, { force: true })
      continue
    }
    try {
      const batch = JSON.parse(await readFile(path, 'utf8')) as IntakeBatchFile
      if (batch.publicKeys.length > 0) found.push(batch)
    } catch {
      await rm(path, { force: true })
    }
  }
  return found.sort((one, other) => (one.takenAt < other.takenAt ? -1 : 1))
}
