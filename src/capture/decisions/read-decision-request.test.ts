import { readFileSync } from 'node:fs'
import { SaxesParser } from 'saxes'
import { expect, test } from 'vitest'
import { readDecisionRequest } from './read-decision-request.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../../docs/operate/examples/${name}`, import.meta.url), 'utf8')
const form = 'application/x-www-form-urlencoded'

test('the example for Asterisk sends a valid request', () => {
  const [, query = ''] =
    /\$\{CURL\(http:[^,]+\/decisions,(.*)\)\}\)$/m.exec(example('asterisk-announcement.conf')) ?? []
  const body = query
    .replace('${URIENCODE(${EXTEN})}', encodeURIComponent('+358 29 497 000'))
    .replace('${id}', encodeURIComponent('a&b=c@192.0.2.1'))
  expect(readDecisionRequest(body, form)).toEqual({
    ...{ number: '+358 29 497 000', callIds: { originalCallId: 'a&b=c@192.0.2.1' } },
  })
})

test('the example for FreeSWITCH is XML, and sends a valid request', () => {
  const query: string[] = []
  const parser = new SaxesParser()
  parser.on('opentag', ({ attributes }) => {
    if (attributes['application'] === 'curl') query.push(String(attributes['data']))
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(example('freeswitch-announcement.xml')).close()
  const [, body = ''] = / post (.*)$/.exec(query[0] ?? '') ?? []
  expect(
    readDecisionRequest(body.replace('$1', '029497000').replace('${url_encode(${sip_call_id})}', 'x%40y'), form),
  ).toEqual({ number: '029497000', callIds: { originalCallId: 'x@y' } })
})
