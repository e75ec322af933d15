import type { Kysely } from 'kysely'
import { isLoopback } from '#platform/config/addresses.ts'
import type { Settings } from '#platform/config/settings.ts'
import { trunksWithoutSrtp } from '#register/capture-clients.ts'
import type { RegisterTables } from '#register/tables.ts'
import { withRunningDatabase } from '../running-database.ts'
import { ok, unknown, warning, type Finding } from './finding.ts'

/** Only recent days: a client that has changed to SRTP is no longer reported. */
const days = 7
const answerMs = 1_500

/** Lists trunks that sent RTP without SRTP: their audio can be forged by anybody who can send packets from their addresses. */
export async function checkRtp(settings: Settings): Promise<Finding[]> {
  const { sip, sips, sipSecurity } = settings
  if (isLoopback(sip.host) && (!sipSecurity.sipsFiles || isLoopback(sips.host)))
    return [ok('sip.rtp', 'calls come from this machine only')]
  return withRunningDatabase(settings, 'doctor', findPlainRtp, answerMs).catch(() => [
    unknown('sip.rtp', 'trunks that send RTP without SRTP are unknown: no Seloste runs on these settings'),
  ])
}

export async function findPlainRtp(db: Kysely<RegisterTables>): Promise<Finding[]> {
  const rows = await trunksWithoutSrtp(db, days)
  if (rows.length === 0) return [ok('sip.rtp', `no trunk has sent RTP without SRTP in ${days} days`)]
  return rows.map(({ trunk, last }) =>
    warning(
      'sip.rtp',
      `${trunk || 'a client of no named trunk'} sends RTP without SRTP, last at ${last.toString({ smallestUnit: 'second' })}: anybody who can send packets from the client’s address and port can add audio to its recordings, unmarked, once the client has sent nothing for 0.4 s`,
      'turn on SRTP with SDES keys (RTP/SAVP) over TLS at the client, and set SELOSTE_SIPS_... (docs/operate/secure-trunks.md); until then let no other host send under its addresses',
    ),
  )
}
