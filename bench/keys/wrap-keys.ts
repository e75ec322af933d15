/**
 * Measures wrapping 1,024 keys in one call, and unwrapping them: the cost of a new version of a month key, for each key store
 * that is available here. Yardstick: AES-256-GCM of node:crypto alone. The key server is the tests' own, on this machine: its
 * cost is the driver's and HTTP's, not a real server's.
 */
import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { KeyStoreSettings } from '#platform/config/key-store.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { makeSoftTokens, whyNoTokens } from '#test/keys/soft-token.ts'
import { startTransit } from '#test/keys/transit-server.ts'
import { ms, ratio, type Row } from '../rows.ts'

const maxMs = 1_000

/** Measures each key store. Required: 1,024 keys wrapped within a second. */
export async function wrapKeys({ count = 1024, rounds = 5 } = {}): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'seloste-bench-'))
  const transit = await startTransit()
  const tokens = whyNoTokens === '' ? await makeSoftTokens(['bench']) : undefined
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, transit.token, { mode: 0o600 })
  const server = { mount: 'transit', prefix: 'bench-', namespace: undefined, caFile: undefined }
  const stores: KeyStoreSettings[] = [{ kind: 'file' }, { kind: 'vault', url: transit.url, tokenFile, ...server }]
  if (tokens) stores.push(tokens.settings[0]!)
  else console.log(`pkcs11: skipped${whyNoTokens}`)
  const items = Array.from({ length: count }, (_, n) => ({ secret: randomBytes(32), purpose: `shard 2027-01-01 ${n}` }))
  try {
    const bare = await best(4 * rounds, () => items.forEach(wrapBare))
    console.log(`bare node:crypto: ${count} wrapped in ${bare.toFixed(1)} ms`)
    const rows: Row[] = []
    for (const keys of stores) {
      const store = await openKeyStore({ dataDirectory: join(folder, keys.kind), keys })
      await store.make('month-2027-01.v1')
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const wrapMs = await best(rounds, () => store.wrap('month-2027-01.v1', items))
      delay.disable()
      const wrapped = await store.wrap('month-2027-01.v1', items)
      const sealed = wrapped.map((one, index) => ({ wrapped: one, purpose: items[index]!.purpose }))
      const unwrapMs = await best(rounds, () => store.unwrap('month-2027-01.v1', sealed))
      const destroyMs = await best(1, () => store.destroy('month-2027-01.v1'))
      const maxDelayMs = delay.max / 1e6
      console.log(
        `${keys.kind.padEnd(7)} wrapped in ${wrapMs.toFixed(1)} ms (x${(wrapMs / bare).toFixed(1)}), unwrapped in ` +
          `${unwrapMs.toFixed(1)} ms (x${(unwrapMs / bare).toFixed(1)}), destroyed in ${destroyMs.toFixed(1)} ms; ` +
          `longest delay of the event loop ${maxDelayMs.toFixed(0)} ms`,
      )
      rows.push({
        what: `${count} keys wrapped by ${keys.kind}`,
        measured: ms(wrapMs),
        yardstick: `bare node:crypto ${ms(bare)}`,
        ratio: ratio(wrapMs, bare),
        target: `within ${maxMs / 1000} s`,
        isReached: wrapMs <= maxMs,
      })
    }
    return rows
  } finally {
    await transit.stop()
    await tokens?.remove()
    await rm(folder, { recursive: true, force: true })
  }
}

const bareKey = randomBytes(32)
function wrapBare({ secret, purpose }: { secret: Buffer; purpose: string }): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', bareKey, nonce).setAAD(Buffer.from(purpose))
  return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
}

/** Returns milliseconds of the fastest round: the one least disturbed by others on the machine. */
async function best(rounds: number, work: () => unknown): Promise<number> {
  let fastest = Infinity
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await work()
    fastest = Math.min(fastest, performance.now() - began)
  }
  return fastest
}
