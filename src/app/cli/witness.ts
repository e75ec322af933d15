import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseEndpoint } from '#platform/config/addresses.ts'
import { Fault } from '#platform/fault.ts'
import { makeLog } from '#platform/log/log.ts'
import { readVerifierKey, writeVerifierKey } from '#safeguards/audit/note.ts'
import { serveWitness } from '../witness/serve-witness.ts'
import { runUntilSignal } from './run-until-signal.ts'

/**
 * `witness`: cosigns the checkpoints of one log, on a machine outside the control of the log's operators. Needs no database.
 */
export async function witness(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      listen: { type: 'string' },
      state: { type: 'string' },
      origin: { type: 'string' },
      key: { type: 'string' },
      name: { type: 'string' },
    },
  })
  const { listen, state, origin, key, name } = values
  if (!listen || !state || !key) {
    throw new Fault(
      'argument-wrong',
      'witness needs --listen HOST:PORT, --state DIR and --key with the log’s verifier key ("seloste audit key" prints it); --origin and --name if you like',
    )
  }
  const logKey = readVerifierKey(key)
  if (logKey?.type !== 'note') {
    throw new Fault(
      'argument-wrong',
      `--key is "${key}", which is not the verifier key of a log; "seloste audit key" prints it`,
    )
  }
  if (origin !== undefined && origin !== logKey.name) {
    throw new Fault('argument-wrong', `--origin is "${origin}", but the key is for "${logKey.name}"`)
  }
  const log = makeLog({ name: 'witness' })
  const witnessing = await serveWitness({
    endpoint: parseEndpoint('--listen', listen),
    state: resolve(state),
    logKey,
    name,
    log,
  })
  log.info({ url: witnessing.url }, `cosigns ${logKey.name} as ${writeVerifierKey(witnessing.key)}`)
  await runUntilSignal({ failed: new Promise(() => undefined), stop: witnessing.stop }, log)
}
