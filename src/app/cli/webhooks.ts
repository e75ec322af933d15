import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { readTargets, retryWebhooks } from '#use/webhooks/deliver-webhooks.ts'
import { withRunningDatabase } from './running-database.ts'

/** `webhooks list|retry`: pending and abandoned deliveries. `list` exits with 1 if some were abandoned. */
export async function webhooks(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { target: { type: 'string' }, json: { type: 'boolean' } },
  })
  const [action] = positionals
  if (action === 'list') {
    const targets = await withRunningDatabase(settings, 'webhooks', readTargets)
    if (values.json === true) console.log(JSON.stringify(targets))
    else if (targets.length === 0) console.log('no webhooks are configured; set SELOSTE_WEBHOOKS')
    else {
      for (const { target, waiting, givenUp, oldestAt, lastAnswer } of targets) {
        const oldest = oldestAt ? `, the oldest since ${oldestAt.toString({ smallestUnit: 'second' })}` : ''
        const answer = lastAnswer === null ? '' : `; last answer: ${lastAnswer}`
        console.log(`${target}  waiting: ${waiting}${oldest}, given up: ${givenUp}${answer}`)
      }
    }
    if (targets.some(({ givenUp }) => givenUp > 0)) process.exitCode = 1
    return
  }
  if (action === 'retry') {
    const again = await withRunningDatabase(settings, 'webhooks', (db) =>
      retryWebhooks(db, Temporal.Now.instant(), values.target),
    )
    console.log(`${again} events will be sent again`)
    return
  }
  throw new Fault('argument-wrong', 'webhooks needs list or retry (--target NAME); see "seloste help"')
}
