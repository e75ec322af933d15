/**
 * Capture's stock of public intake keys, one for each recording (docs/decisions/0078), fetched from the register in batches. It
 * works without the register while the stock lasts, and has no private keys. Each key is used at most once, even after a crash:
 * a batch is stored as a file, which is removed before its keys are used. The unused keys of open batches are written back on
 * an orderly exit, and lost in a crash.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably, syncFolder } from '#platform/files/durable-files.ts'

export interface IntakeBatchFile {
  id: string
  takenAt: string
  publicKeys: string[]
}

/** The register as a source of keys. Each method throws while the register is unavailable. */
export interface IntakeSource {
  /** Number of keys that a node keeps in stock. */
  wanted(): Promise<number>
  /** Claims batches of keys that no other node gets. */
  take(maxBatches: number): Promise<{ id: string; publicKeys: string[] }[]>
  /** Returns the ids of batches whose keys may still be used. */
  inUse(ids: readonly string[]): Promise<ReadonlySet<string>>
}

export interface IntakeStock {
  /** Returns an unused public key (age1…); undefined if the stock is empty. */
  next(): string | undefined
  /** Number of keys left. */
  readonly left: number
  /** Drops batches that are no longer in use, and refills the stock. */
  refresh(): Promise<void>
  stop(): Promise<void>
}

/** Maximum number of keys of open batches in memory, which are lost in a crash. */
const maxOpenKeys = 192
const batchKeys = 64
/** Days for which keys are used: fewer than the forty after which the custodian retires a batch (safeguards/keys/intake-keys.ts). */
const maxDaysUsed = 35
/** Days after which new keys are fetched, early enough for an outage of the register before the old ones expire. */
const refreshAfterDays = 20
const refreshMs = 60_000
/** Time in which the custodian creates the first keys of a new node. */
const maxFirstKeysMs = 60_000
/** Retry interval while the custodian creates more keys. */
const shortageRetryMs = 2_000

export async function openIntakeStock(options: {
  folder: string
  source: IntakeSource
  now: () => Temporal.Instant
  onFault: (error: unknown) => void
  /** Called when less than a quarter of the stock is left and no more could be fetched; not again until keys were fetched. */
  onLow?: (left: number) => void
  /** Time after which a node without any keys yet reports that its stock is low. */
  newNodeGraceMs?: number
}): Promise<IntakeStock> {
  const { folder, source, now, onFault } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stored = await readStored(folder)
  const { newNodeGraceMs = maxFirstKeysMs } = options
  const openedMs = performance.now()
  let hasHadKeys = stored.length > 0
  const openBatches: { batch: IntakeBatchFile; keys: string[] }[] = []
  let wanted = 0
  let stopped = false
  let wasLow = false
  let wasRegisterReachable = true
  let refreshedMs = 0
  let timer: NodeJS.Timeout | undefined
  let opening: Promise<void> | undefined
  let refreshing: Promise<void> | undefined

  const openKeyCount = () => openBatches.reduce((sum, { keys }) => sum + keys.length, 0)
  const left = () => openKeyCount() + stored.reduce((sum, { publicKeys }) => sum + publicKeys.length, 0)
  const pathOf = (id: string) => join(folder, `${id}.json`)
  const ageDays = ({ takenAt }: IntakeBatchFile) => now().since(Temporal.Instant.from(takenAt)).total('hours') / 24

  async function openMore(): Promise<void> {
    while (!stopped && openKeyCount() < maxOpenKeys && stored.length > 0) {
      const batch = stored[0]!
      await rm(pathOf(batch.id), { force: true })
      await syncFolder(folder)
      const at = stored.indexOf(batch)
      if (at < 0) continue
      stored.splice(at, 1)
      if (ageDays(batch) < maxDaysUsed) openBatches.push({ batch, keys: [...batch.publicKeys] })
    }
  }
  const openMoreOnce = () =>
    (opening ??= openMore()
      .catch(onFault)
      .finally(() => (opening = undefined)))

  async function fill(): Promise<void> {
    const held = [...openBatches.map(({ batch }) => batch), ...stored]
    const inUse = await source.inUse(held.map(({ id }) => id))
    const isExpired = (batch: IntakeBatchFile) => !inUse.has(batch.id) || ageDays(batch) >= maxDaysUsed
    for (const one of openBatches.filter(({ batch }) => isExpired(batch)))
      openBatches.splice(openBatches.indexOf(one), 1)
    for (const batch of stored.filter(isExpired)) {
      await rm(pathOf(batch.id), { force: true })
      const at = stored.indexOf(batch)
      if (at >= 0) stored.splice(at, 1)
    }
    wanted = await source.wanted()
    const fresh = held.filter((batch) => !isExpired(batch) && ageDays(batch) < refreshAfterDays)
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
        () => (wasRegisterReachable = true),
        (error: unknown) => {
          // Reported once per outage of the register.
          if (wasRegisterReachable) onFault(error)
          wasRegisterReachable = false
        },
      )
      .then(openMoreOnce)
      .finally(() => {
        refreshing = undefined
        refreshedMs = performance.now()
        hasHadKeys ||= left() > 0
        const isLow = left() < wanted / 4 && (hasHadKeys || performance.now() - openedMs >= newNodeGraceMs)
        if (isLow && !wasLow) options.onLow?.(left())
        wasLow = isLow
        clearTimeout(timer)
        if (!stopped)
          timer = setTimeout(() => void refresh(), left() <= wanted / 2 ? shortageRetryMs : refreshMs).unref()
      }))
  }

  await openMoreOnce()
  await refresh()

  return {
    next() {
      while (openBatches.length > 0 && openBatches[0]!.keys.length === 0) openBatches.shift()
      const key = openBatches[0]?.keys.pop()
      if (openKeyCount() < maxOpenKeys / 2) void openMoreOnce()
      if (left() <= wanted / 2 && performance.now() - refreshedMs > shortageRetryMs) void refresh()
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
      await opening
      for (const { batch, keys } of openBatches)
        if (keys.length > 0) await write({ ...batch, publicKeys: keys }).catch(onFault)
      openBatches.length = 0
    },
  }
}

/** Returns the stored batches, oldest first. Skips files that are incomplete because of a crash. */
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
