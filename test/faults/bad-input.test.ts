import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, signInAt, type Api } from '../whole/api.ts'
import { startSeloste, type RunningSeloste } from '../whole/start-seloste.ts'

let seloste: RunningSeloste
let security: Api
beforeAll(async () => {
  // Configures one pair of media ports: enough for one stream, and a recording has at least two.
  seloste = await startSeloste({ isPrepared: true, environment: { SELOSTE_RTP: '127.0.0.1:45998-45999' } })
  security = await signInAt(seloste.url, 'tuula', seloste.password)
}, 200_000)
afterAll(() => seloste.stop())

const boundary = 'a-boundary'
const oneStream = ['m=audio 40000 RTP/AVP 8', 'a=rtpmap:8 PCMA/8000', 'a=label:1', 'a=sendonly']
const twoStreams = [...oneStream, 'm=audio 40002 RTP/AVP 8', 'a=label:2', 'a=sendonly']

function sdp(media: string[]): string {
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0', ...media, ''].join('\r\n')
}

function metadata(number: string): string {
  return `<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
<session session_id="c2Vzc2lvbg=="/><participant participant_id="a"><nameID aor="sip:+358401234567@x"/></participant>
<participant participant_id="b"><nameID aor="sip:${number}@x"/></participant></recording>`
}

function multipart(parts: [type: string, body: string][]): { type: string; body: string } {
  const written = parts.map(([type, body]) => `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`)
  return { type: `multipart/mixed;boundary=${boundary}`, body: `${written.join('')}--${boundary}--\r\n` }
}

/** Sends one INVITE and resolves with its final answer: status line and headers. Acknowledges a 200 and hangs up. */
async function invite(content: { type: string; body: string }, broken?: (message: string) => string): Promise<string> {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const id = `${port}-${Math.random().toString(36).slice(2)}`
  const request = (method: string, cseq: number, toTag: string, body: { type: string; body: string } | undefined) =>
    [
      `${method} sip:srs@127.0.0.1:${seloste.sip.port} SIP/2.0`,
      `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${id}${cseq}${method}`,
      'Max-Forwards: 70',
      `From: <sip:src@127.0.0.1>;tag=${id}`,
      `To: <sip:srs@127.0.0.1>${toTag}`,
      `Call-ID: ${id}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:src@127.0.0.1:${port}>;+sip.src`,
      ...(body ? [`Content-Type: ${body.type}`] : []),
      `Content-Length: ${Buffer.byteLength(body?.body ?? '')}`,
      '',
      body?.body ?? '',
    ].join('\r\n')
  const send = (text: string) => socket.send(text, seloste.sip.port, seloste.sip.host)
  const message = request('INVITE', 1, '', content)
  const answer = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => {
      reject(new Error('no final answer'))
    }, 20_000)
    socket.on('message', (bytes) => {
      const text = bytes.toString()
      if (text.startsWith('SIP/2.0 1')) return
      clearTimeout(late)
      resolve(text)
    })
    send(broken ? broken(message) : message)
  })
  const toTag = /^To:.*(;tag=\S+)/im.exec(answer)?.[1] ?? ''
  send(request('ACK', 1, toTag, undefined))
  if (answer.startsWith('SIP/2.0 200')) {
    const isEnded = once(socket, 'message')
    send(request('BYE', 2, toTag, undefined))
    await isEnded
  }
  socket.close()
  return answer
}

describe('bad input is answered with its reason, and loses nothing', () => {
  test('an INVITE without a Call-ID gets 400 with the reason', async () => {
    const answer = await invite({ type: 'application/sdp', body: sdp(twoStreams) }, (text) =>
      text.replace(/Call-ID:.*\r\n/, ''),
    )
    expect(answer).toMatch(/^SIP\/2\.0 400 .*Call-ID/)
  })

  test('a body that is neither SDP nor metadata gets 415', async () => {
    expect(await invite({ type: 'text/plain', body: 'good day' })).toMatch(/^SIP\/2\.0 415 /)
  })

  test('an offer without audio gets 488', async () => {
    expect(await invite({ type: 'application/sdp', body: sdp(['m=video 40000 RTP/AVP 96']) })).toMatch(
      /^SIP\/2\.0 488 /,
    )
  })

  test('a call to be recorded while no media port is free gets 503 with Retry-After', async () => {
    const answer = await invite(
      multipart([
        ['application/sdp', sdp(twoStreams)],
        ['application/rs-metadata+xml', metadata('+35829497099')],
      ]),
    )
    expect(answer).toMatch(/^SIP\/2\.0 503 No Media Port Left/)
    expect(answer).toMatch(/^Retry-After: \d+\r$/m)
  })

  test('broken metadata do not refuse a call, which is entered in the history for review', async () => {
    const answer = await invite(
      multipart([
        ['application/sdp', sdp(twoStreams)],
        ['application/rs-metadata+xml', '<recording><participant <<<& aor="sip:'],
      ]),
    )
    expect(answer).toMatch(/^SIP\/2\.0 200 /)
    const found = await eventually(async () => {
      const [newest] = await security.contacts({ purpose: 'CRIME_OR_MISUSE', reference: 'test', limit: '1' })
      if (!newest) return undefined
      const contact = await security.call('GET', `/api/contacts/${newest.id}?purpose=CRIME_OR_MISUSE&reference=test`)
      return (await contact.json()) as { segments: { marks: string[] }[] }
    }, 'the call in the history')
    expect(found.segments[0]?.marks).toEqual(expect.arrayContaining(['needs-review', 'unknown-number']))
  })

  test('a wrong setting stops the start with one line that names the setting, the value found and the values allowed', () => {
    const program = fileURLToPath(new URL('../../bin/seloste.js', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [program, 'start'], {
      env: { ...process.env, ...seloste.environment, SELOSTE_RTP: '127.0.0.1:30001-30000' },
      encoding: 'utf8',
    })
    expect(status).not.toBe(0)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/SELOSTE_RTP.*30001-30000.*even/)
  })
})
