import { describe, expect, test } from 'vitest'
import { firstHeader, listHeader } from '#capture/sip/message.ts'
import { parseNameAddr } from '#capture/sip/name-addr.ts'
import { parseMessage } from '#capture/sip/parse-message.ts'
import { answering, createTestServer } from './sip-test-server.ts'

/*
 * Messages after RFC 4475, by its names and sections, each with what a recording server must do. They test the same
 * points with our own text; methods that a recorder does not serve end with 405, once parsed.
 */

const crlf = (text: string) => text.replace(/\n/g, '\r\n')

/** Builds a message from start line and headers, with body and Content-Length unless the headers have one. */
function message(startLine: string, headers: string, body = ''): string {
  const length = /^(l|content-length)\s*:/im.test(headers) ? '' : `Content-Length: ${Buffer.byteLength(crlf(body))}\n`
  return crlf(`${startLine}\n${headers.trim()}\n${length}\n${body}`)
}

const plain = (method: string, name: string) => `
To: <sip:user@example.com>
From: <sip:caller@example.net>;tag=${name}-from
Max-Forwards: 70
Call-ID: ${name}.call@192.0.2.1
CSeq: 1 ${method}
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK${name}
Contact: <sip:caller@192.0.2.1>`

const sdp = 'v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n'

/** Returns the statuses caused by one message. */
function answersTo(text: string | Buffer): (number | string)[] {
  const call = createTestServer(answering())
  call.send(text)
  expect(call.faults).toEqual([])
  expect(call.counters.sendFailures).toBe(0)
  return [...call.received().map(([, item]) => item), ...call.answersToMalformed]
}

describe('valid messages (RFC 4475 3.1.1)', () => {
  const wsinv = message(
    'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
    `TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33`,
    sdp,
  )

  test('wsinv: folding, blanks everywhere, compact names, mixed case, leading zeros', () => {
    const parsed = parseMessage(Buffer.from(wsinv))
    if (parsed.kind !== 'request') throw new Error(JSON.stringify(parsed))
    expect(parsed.to.parameters.get('tag')).toBe('1918181833n')
    expect(parsed.from).toMatchObject({ display: 'J Rosenberg \\"', uri: 'sip:jdrosen@example.com' })
    expect(parsed.from.parameters.get('tag')).toBe('98asjd8')
    expect(parsed.cseq).toEqual({ number: 9, method: 'INVITE' })
    expect(parsed.via.sentBy).toEqual({ host: '192.0.2.2' })
    expect(listHeader(parsed, 'via')).toHaveLength(3)
    expect(firstHeader(parsed, 'newfangledheader')).toBe('newfangled value continued newfangled value')
    expect(firstHeader(parsed, 'unknownheaderwithunusualvalue')).toBe(';;,,;;,;')
    expect(firstHeader(parsed, 'subject')).toBe('')
    const contact = parseNameAddr(firstHeader(parsed, 'contact') ?? '')
    expect(contact).toMatchObject({ display: 'Quoted string ""', uri: 'sip:jdrosen@example.com' })
    expect(contact?.parameters.get('q')).toBe('0.33')
    expect(answersTo(wsinv)).toEqual([481])
  })

  test('intmeth: every character allowed in a token, user part or quoted string', () => {
    const method = "!interesting-Method0123456789_*+`.%indeed'~"
    const uri =
      "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com"
    const text = message(
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP host1.example.com;branch=z9hG4bK-.!%66*_+\`'~
To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7F" <sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com>
From: token1~\` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%="работающий";tag=_token~1'+\`*%!-.
Call-ID: intmeth.word%ZK-!.*_+'@word\`~)(><:\\/"][?}{
CSeq: 139122385 ${method}
Max-Forwards: 255
extensionHeader-!.%*+_\`'~: 大停電`,
    )
    const parsed = parseMessage(Buffer.from(text))
    if (parsed.kind !== 'request') throw new Error(JSON.stringify(parsed))
    expect(parsed.method).toBe(method)
    expect(parsed.uri).toBe(uri)
    expect(parsed.to.display).toBe('BEL:\x07 NUL:\x00 DEL:\x7F')
    expect(parsed.from.parameters.get('tag')).toBe("_token~1'+`*%!-.")
    expect(firstHeader(parsed, "extensionheader-!.%*+_`'~")).toBe('大停電')
    expect(answersTo(text)).toEqual([405])
  })

  test('esc01, escnull, esc02: escapes stay as they are, and an escaped method is not the method', () => {
    expect(
      answersTo(message('INVITE sip:sips%3Auser%40example.com@example.net SIP/2.0', plain('INVITE', 'esc01'), sdp)),
    ).toEqual([200])
    const escnull = message('OPTIONS sip:null-%00-null@example.com SIP/2.0', plain('OPTIONS', 'escnull'))
    expect(answersTo(escnull)).toEqual([200])
    expect(answersTo(message('IN%56ITE sip:user@example.net SIP/2.0', plain('IN%56ITE', 'esc02')))).toEqual([405])
  })

  test('lwsdisp: no blank between display name and <', () => {
    const text = message(
      'OPTIONS sip:user@example.com SIP/2.0',
      plain('OPTIONS', 'lwsdisp').replace('From: <', 'From: caller<'),
    )
    expect(answersTo(text)).toEqual([200])
  })

  test('longreq: names, values and lists much longer than usual', () => {
    const long = 'amazinglylong'.repeat(120)
    const headers = `
Via: SIP/2.0/TCP sip33.example.com
Via: SIP/2.0/UDP sip32.example.com, SIP/2.0/TCP ${'h'.repeat(900)}.example.com
To: "I have a user name of ${long}" <sip:user@example.com;${long}=x>
From: sip:${long}@example.net;tag=${long};unknown=${long}
Call-ID: longreq.${long}
CSeq: 3882340 INVITE
Unknown-${long}: unknown-${long}-value; unknown-${long}-parameter
Contact: <sip:${long}@host5.example.net>
Max-Forwards: 70
Content-Type: application/sdp`
    expect(answersTo(message(`INVITE sip:user@example.com;${long} SIP/2.0`, headers, sdp))).toEqual([200])
  })

  test('dblreq: data after the body in a datagram is ignored', () => {
    const text = message('OPTIONS sip:a@example.com SIP/2.0', plain('OPTIONS', 'dbl1'))
    expect(answersTo(text + message('INVITE sip:b@example.com SIP/2.0', plain('INVITE', 'dbl2'), sdp))).toEqual([200])
  })

  test('semiuri: a semicolon in the user part starts no parameter', () => {
    expect(
      answersTo(message('OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0', plain('OPTIONS', 'semiuri'))),
    ).toEqual([200])
  })

  test('transports: any transport in Via is accepted', () => {
    const vias = ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'].map(
      (one, i) => `SIP/2.0/${one} t${i}.example.com;branch=z9hG4bK${i}`,
    )
    const text = message(
      'OPTIONS sip:user@example.com SIP/2.0',
      `${plain('OPTIONS', 'transports')}\nVia: ${vias.join('\nVia: ')}`,
    )
    const call = createTestServer(answering())
    call.send(text)
    expect(listHeader(call.lastResponse(), 'via')).toHaveLength(6)
  })

  test('mpart01: a binary body arrives byte for byte', () => {
    const body = Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))
    const head = crlf(`INVITE sip:user@example.com SIP/2.0${plain('INVITE', 'mpart')}\nContent-Length: 512\n\n`)
    const bodies: Buffer[] = []
    const call = createTestServer(
      answering({
        onInvite: (invite) => {
          bodies.push(invite.request.body)
          invite.respond(200)
        },
      }),
    )
    call.send(Buffer.concat([Buffer.from(head), body]))
    expect(bodies).toEqual([body])
  })

  test('unreason, noreason: any reason phrase, or none, is a response', () => {
    const rest = plain('INVITE', 'reason')
    expect(parseMessage(Buffer.from(message('SIP/2.0 200 = 2**3 * 5**2 но сто девяносто', rest)))).toMatchObject({
      kind: 'response',
      reason: '= 2**3 * 5**2 но сто девяносто',
    })
    expect(parseMessage(Buffer.from(message('SIP/2.0 100 ', rest)))).toMatchObject({ kind: 'response', reason: '' })
  })
})

describe('invalid messages (RFC 4475 3.1.2)', () => {
  const invite = (name: string) => plain('INVITE', name)
  const startLine = 'INVITE sip:user@example.com SIP/2.0'
  const invalidMessages: [name: string, text: string, status: number | undefined][] = [
    [
      'badinv01: Via and Contact with stray separators',
      message(
        startLine,
        invite('badinv01').replace('Via: SIP/2.0/UDP 192.0.2.1', 'Via: SIP/2.0/UDP 192.0.2.15;;,;,,'),
        sdp,
      ),
      200,
    ],
    [
      'clerr: Content-Length past the end of the datagram',
      message(startLine, `${invite('clerr')}\nContent-Length: 9999`, sdp),
      400,
    ],
    ['ncl: Content-Length below zero', message(startLine, `${invite('ncl')}\nContent-Length: -999`, sdp), 400],
    [
      'scalar02: numbers too large',
      message(startLine, invite('scalar02').replace('CSeq: 1', 'CSeq: 36893488147419103232'), sdp),
      400,
    ],
    ['scalar02: Max-Forwards above 255', message(startLine, invite('scalar02b').replace('70', '300'), sdp), 400],
    [
      'scalarlg: a response with an impossible CSeq is dropped',
      message('SIP/2.0 503 Service Unavailable', invite('scalarlg').replace('CSeq: 1', 'CSeq: 9292394834772304023312')),
      undefined,
    ],
    [
      'quotbal: a quote that never closes',
      message(startLine, invite('quotbal').replace('To: <', 'To: "Mr J. User <'), sdp),
      400,
    ],
    [
      'ltgtruri: Request-URI in brackets',
      message('INVITE <sip:user@example.com> SIP/2.0', invite('ltgtruri'), sdp),
      400,
    ],
    [
      'lwsruri: a blank inside the Request-URI',
      message('INVITE sip:user@example.com; lr SIP/2.0', invite('lwsruri'), sdp),
      400,
    ],
    [
      'lwsstart: two blanks in the request line',
      message('INVITE  sip:user@example.com  SIP/2.0', invite('lwsstart'), sdp),
      400,
    ],
    [
      'trws: blanks at the end of the request line are accepted',
      message('OPTIONS sip:remote@example.com SIP/2.0  ', plain('OPTIONS', 'trws')),
      200,
    ],
    [
      'escruri: headers in the Request-URI',
      message('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0', invite('escruri'), sdp),
      400,
    ],
    [
      'baddate: a Date that is not GMT is ignored',
      message(startLine, `${invite('baddate')}\nDate: Fri, 01 Jan 2010 16:00:00 EST`, sdp),
      200,
    ],
    [
      'regbadct: an invalid Contact is accepted',
      message(
        startLine,
        invite('regbadct').replace(
          'Contact: <sip:caller@192.0.2.1>',
          'Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E',
        ),
        sdp,
      ),
      200,
    ],
    [
      'badaspec: blanks inside the brackets are accepted',
      message(
        'OPTIONS sip:user@example.org SIP/2.0',
        plain('OPTIONS', 'badaspec').replace('<sip:user@example.com>', '"Watson, Thomas" < sip:t.watson@example.org >'),
      ),
      200,
    ],
    [
      'baddn: a display name with unquoted commas is accepted',
      message(
        'OPTIONS sip:user@example.org SIP/2.0',
        plain('OPTIONS', 'baddn').replace('From: <', 'From: Bell, Alexander <'),
      ),
      200,
    ],
    [
      'badvers: another version than 2.0',
      message('OPTIONS sip:t.watson@example.org SIP/7.0', plain('OPTIONS', 'badvers')),
      505,
    ],
    [
      'mismatch01: CSeq names another method',
      message('OPTIONS sip:user@example.com SIP/2.0', invite('mismatch01')),
      400,
    ],
    [
      'mismatch02: the same with an unknown method',
      message('NEWMETHOD sip:user@example.com SIP/2.0', invite('mismatch02')),
      400,
    ],
    [
      'bigcode: a status of ten digits is dropped',
      message('SIP/2.0 4294967301 better not break the receiver', invite('bigcode')),
      undefined,
    ],
  ]
  test.each(invalidMessages)('%s', (_name, text, status) => {
    expect(answersTo(text)).toEqual(status === undefined ? [] : [status])
  })
})

describe('conditions for transactions and applications (RFC 4475 3.2 to 3.4)', () => {
  test('badbranch: a branch of only the cookie is matched as from an old client', () => {
    const text = message('OPTIONS sip:user@example.com SIP/2.0', plain('OPTIONS', ''))
    expect(text).toContain('branch=z9hG4bK\r\n')
    expect(answersTo(text)).toEqual([200])
  })

  test.each(['Call-ID', 'From', 'To', 'CSeq'])('insuf: without %s a request gets 400', (name) => {
    const headers = plain('INVITE', 'insuf').replace(new RegExp(`^${name}:.*\n`, 'm'), '')
    expect(answersTo(message('INVITE sip:user@example.com SIP/2.0', headers, sdp))).toEqual([400])
  })

  test('insuf: without Via it cannot be answered and is dropped', () => {
    const headers = plain('INVITE', 'insuf').replace(/^Via:.*\n/m, '')
    expect(answersTo(message('INVITE sip:user@example.com SIP/2.0', headers, sdp))).toEqual([])
  })

  test('a malformed ACK is never answered', () => {
    const headers = plain('ACK', 'ack').replace(/^To:.*\n/m, '')
    expect(answersTo(message('ACK sip:user@example.com SIP/2.0', headers))).toEqual([])
  })

  test('unkscm, novelsc: Request-URIs of other schemes get 416, while unksm2 in To and From is accepted', () => {
    const to = (uri: string) => message(`OPTIONS ${uri} SIP/2.0`, plain('OPTIONS', 'scheme'))
    expect(answersTo(to('nobodyKnowsThisScheme:totallyopaquecontent'))).toEqual([416])
    expect(answersTo(to('soap.beep://192.0.2.103:3002'))).toEqual([416])
    const unksm2 = plain('OPTIONS', 'unksm2').replace('<sip:user@example.com>', 'isbn:2983792873')
    expect(answersTo(message('OPTIONS sip:user@example.com SIP/2.0', unksm2))).toEqual([200])
  })

  test('bext01: unknown extensions are named in Unsupported', () => {
    const call = createTestServer(answering())
    const headers = `${plain('OPTIONS', 'bext01')}\nRequire: nothingSupportsThis, nothingSupportsThisEither`
    call.send(message('OPTIONS sip:user@example.com SIP/2.0', headers))
    expect(call.lastResponse().status).toBe(420)
    expect(listHeader(call.lastResponse(), 'unsupported')).toEqual(['nothingsupportsthis', 'nothingsupportsthiseither'])
  })

  test('invut: a body of an unknown type reaches the handler, which decides', () => {
    const headers = `${plain('INVITE', 'invut')}\nContent-Type: application/unknownformat`
    expect(answersTo(message('INVITE sip:user@example.com SIP/2.0', headers, '<audio/>\n'))).toEqual([200])
  })

  test.each(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards'])('multi01: %s twice gets 400', (name) => {
    const headers = plain('INVITE', 'multi01')
    const line = new RegExp(`^${name}:.*$`, 'm').exec(headers)![0]
    expect(answersTo(message('INVITE sip:user@example.com SIP/2.0', `${headers}\n${line}`, sdp))).toEqual([400])
  })

  test('mcl01: two different Content-Lengths get 400', () => {
    const headers = `${plain('OPTIONS', 'mcl01')}\nContent-Length: 5\nContent-Length: 0`
    expect(answersTo(message('OPTIONS sip:user@example.com SIP/2.0', headers, 'hello'))).toEqual([400])
  })

  test('zeromf: Max-Forwards 0 is accepted, because the request ends here', () => {
    const headers = plain('OPTIONS', 'zeromf').replace('70', '0')
    expect(answersTo(message('OPTIONS sip:user@example.com SIP/2.0', headers))).toEqual([200])
  })

  test('cparam01, sdp01: unknown contact parameters and an Accept without SDP do not prevent recording', () => {
    const headers = `${plain('INVITE', 'sdp01').replace('Contact: <sip:caller@192.0.2.1>', 'Contact: <sip:caller@192.0.2.1>;unknownparam')}\nAccept: text/nobodyKnowsThis`
    expect(answersTo(message('INVITE sip:user@example.com SIP/2.0', headers, sdp))).toEqual([200])
  })

  test('inv2543: an INVITE of RFC 2543 (no branch, no Max-Forwards, no From tag, no Content-Length) is served', () => {
    const text = crlf(
      `INVITE sip:UserB@example.com SIP/2.0\nVia: SIP/2.0/UDP iftgw.example.com\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\nRecord-Route: <sip:UserB@example.com;maddr=ss1.example.com>\nTo: sip:+16505552222@ss1.example.net;user=phone\nCall-ID: inv2543.1717@ift.client.example.com\nCSeq: 56 INVITE\nContent-Type: application/sdp\n\n${sdp}`,
    )
    expect(answersTo(text)).toEqual([200])
  })
})

describe('deviations of vendors that are accepted', () => {
  test.each([
    ['headers without a space after the colon', (text: string) => text.replace(/^([A-Za-z-]+): /gm, '$1:')],
    [
      'empty Recv-Info and Supported',
      (text: string) => text.replace('\r\nMax', '\r\nRecv-Info:\r\nSupported: \r\nRequire:\r\nMax'),
    ],
    [
      'a Contact that never closes',
      (text: string) => text.replace('<sip:caller@192.0.2.1>', '<sip:caller@192.0.2.1;+sip.src'),
    ],
    [
      'a Contact with two brackets',
      (text: string) => text.replace('<sip:caller@192.0.2.1>', '<<sip:caller@192.0.2.1>;+sip.src>'),
    ],
    [
      'a misspelt transport',
      (text: string) => text.replace('<sip:caller@192.0.2.1>', '<sip:acmeSrc@192.0.2.1:5060;tranport=TCP>;+sip.src'),
    ],
    ['no Contact', (text: string) => text.replace(/Contact:.*\r\n/, '')],
    ['LF line ends', (text: string) => text.replace(/\r\n/g, '\n').replace(/Content-Length.*\n/, '')],
    ['header text that is not UTF-8', (text: string) => Buffer.from(text.replace('To: <', 'To: "Mäkelä" <'), 'latin1')],
    ['a header line without a colon', (text: string) => text.replace('\r\nMax', '\r\nnonsense\r\nMax')],
    ['line ends before the message', (text: string) => `\r\n\r\n${text}`],
  ])('%s', (_name, change) => {
    const text = message('INVITE sip:user@example.com SIP/2.0', plain('INVITE', 'vendor'), sdp)
    const changed = change(text)
    expect(changed).not.toBe(text)
    expect(answersTo(changed)).toEqual([200])
  })

  test('bytes that are not UTF-8 are returned byte for byte', () => {
    const text = message(
      'OPTIONS sip:user@example.com SIP/2.0',
      plain('OPTIONS', 'latin').replace('To: <', 'To: "Mäkelä" <'),
    )
    const call = createTestServer(answering())
    call.send(Buffer.from(text, 'latin1'))
    expect(call.lastResponse().encoding).toBe('latin1')
    expect(firstHeader(call.lastResponse(), 'to')).toMatch(/^"Mäkelä" <sip:user@example.com>;tag=/)
  })
})
