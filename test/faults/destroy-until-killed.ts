/**
 * Destroys recordings and kills itself at a step. Usage: node destroy-until-killed.ts
 * '{"url","folder","place","ids","at"}'.
 */
import { join } from 'node:path'
import { connectDatabase } from '#platform/database/connect.ts'
import { expungeRecordings } from '#register/expunge.ts'
import type { RegisterTables } from '#register/tables.ts'
import { openKeyFolder } from '#safeguards/keys/key-folder.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { makePlainPlace } from '../register/plain-place.ts'
import { interrupt } from './interrupt.ts'

const task = JSON.parse(process.argv[2] ?? '{}') as {
  url: string
  folder: string
  place: string
  ids: string[]
  at: number
}
const { db, close } = connectDatabase<RegisterTables>({
  url: task.url,
  applicationName: 'destroy-until-killed',
  size: 2,
  onIdleError: () => undefined,
})
const keys = await openKeyFolder(join(task.folder, 'keys'))
const whole = {
  db,
  objects: await openTestObjects(join(task.folder, 'objects')),
  keys,
  copies: makePlainPlace(db, keys, task.place),
  workFolder: join(task.folder, 'work'),
}
const die = (): never => {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}
const { expunging } = interrupt(whole, { at: task.at, how: 'killed-before', die })
const now = Temporal.Now.instant()
const endings = task.ids.map((id) => ({
  id,
  cause: 'caller' as const,
  doneBy: 'test',
  deadline: now.add({ seconds: 60 }),
}))
await expungeRecordings(expunging, endings, now)
await close()
