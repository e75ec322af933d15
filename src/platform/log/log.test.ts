import { expect, test } from 'vitest'
import { Fault } from '../fault.ts'
import { faultRemedies } from '../fault-remedies.ts'
import { makeLog, type LogOptions } from './log.ts'

function logTo(lines: string[], options: Partial<LogOptions> = {}) {
  return makeLog({ name: 'desk', write: (line) => lines.push(line), ...options })
}

test('personal data under pii is dropped', () => {
  const lines: string[] = []
  const log = logTo(lines)
  log.info({ pii: { number: '+358401234567' }, call: { id: 'c1', pii: '+358401234567' } }, 'a call')
  log.child({ pii: '+358401234567', callId: 'c1' }).info('another')
  expect(lines.join('')).not.toContain('35840')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', name: 'desk', msg: 'a call', call: { id: 'c1' } })
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ callId: 'c1' })
})

test('personal data is kept for an operator who asks for it', () => {
  const lines: string[] = []
  logTo(lines, { withPersonalData: true }).info({ pii: { number: '+358401234567' } }, 'a call')
  expect(lines.join('')).toContain('+358401234567')
})

test("an error is logged with its code and cause, and without PostgreSQL's detail, which repeats row values", () => {
  const lines: string[] = []
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (number)=(+358401234567)' })
  logTo(lines).error({ err: new Error('not admitted', { cause }) }, 'failed')
  expect(lines.join('')).not.toContain('35840')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    err: { type: 'Error', message: 'not admitted', cause: { code: '23505' } },
  })
})

test('in a terminal an entry is one short line', () => {
  const lines: string[] = []
  const log = logTo(lines, { pretty: true })
  log.info({ port: 8080 }, 'listening')
  log.warn({ err: new Error('broken\npipe') }, 'lost')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}desk {2}listening {2}port=8080\n$/)
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d {2}WARN {2}desk {2}lost {2}\(broken pipe\)\n$/)
})

test('a fault is logged with its remedy, and any other error without one', () => {
  const lines: string[] = []
  const log = logTo(lines)
  log.error({ err: new Fault('object-disk-full', 'full') }, 'capture')
  log.error({ err: new Error('full') }, 'capture')
  const [fault, error] = lines.map((line) => (JSON.parse(line) as { err: { remedy?: string } }).err)
  expect(fault!.remedy).toBe(faultRemedies['object-disk-full'])
  expect(error).not.toHaveProperty('remedy')
  const short: string[] = []
  logTo(short, { pretty: true }).error({ err: new Fault('object-disk-full', 'full') }, 'capture')
  expect(short[0]).toContain('(object-disk-full: full)  Free space')
})
