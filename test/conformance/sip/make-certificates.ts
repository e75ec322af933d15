/** Makes X.509 certificates (RFC 5280) of a test authority while the tests run, so that none expires. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

export type Authority = {
  /** In PEM format. */
  readonly certificate: string
  issue(subject: { name: string; days?: number }): { cert: string; key: string }
}

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts)
const hex = (text: string) => Buffer.from(text, 'hex')
const ecdsaWithSha256 = sequence(hex('06082a8648ce3d040302'))
const nameOf = (name: string) => sequence(der(0x31, sequence(hex('0603550403'), der(0x0c, Buffer.from(name)))))
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`))
const dayMs = 86_400_000
let serial = 1

function certificate(
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  by: KeyObject,
  days: number,
  isAuthority: boolean,
) {
  const constraints = sequence(
    hex('0603551d13'),
    hex('0101ff'),
    der(0x04, sequence(isAuthority ? hex('0101ff') : Buffer.alloc(0))),
  )
  const names = sequence(
    hex('0603551d11'),
    der(0x04, sequence(der(0x82, Buffer.from(subject)), der(0x87, Buffer.from([127, 0, 0, 1])))),
  )
  const from = new Date(Date.now() - 400 * dayMs)
  const reported = sequence(
    der(0xa0, hex('020102')),
    der(0x02, Buffer.from([serial++])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(from), time(new Date(Date.now() + days * dayMs))),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(constraints, names)),
  )
  const signed = sequence(reported, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign('sha256', reported, by)))
  return `-----BEGIN CERTIFICATE-----\n${signed.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

export function makeAuthority(name: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    certificate: certificate(name, own.publicKey, name, own.privateKey, 10, true),
    issue({ name: subject, days = 5 }) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return {
        cert: certificate(subject, pair.publicKey, name, own.privateKey, days, false),
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      }
    },
  }
}
