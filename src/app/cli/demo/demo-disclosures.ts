/**
 * The demo's disclosures: an institute, a study in preparation, and an authority's request, entered by the ordinary operations.
 */
import type { Kysely } from 'kysely'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RegisterTables } from '#register/tables.ts'
import { signOut, type Session } from '#safeguards/people/session.ts'
import { signIn } from '#safeguards/sign-in/sign-in.ts'
import { enterAuthority } from '#use/disclosure/authority/prepare-authority.ts'
import { listAuthority } from '#use/disclosure/authority/read-authority.ts'
import { storeDisclosureRules } from '#use/disclosure/disclosure-rules.ts'
import { addInstitute, listInstitutes } from '#use/disclosure/research/institutes.ts'
import { beginResearch } from '#use/disclosure/research/prepare-research.ts'

/**
 * Enters the disclosures if there are none.
 * @returns refusals, as text
 */
export async function openDemoDisclosures(
  db: Kysely<RegisterTables>,
  { disclosure, switches }: RegisterDescription,
  password: string,
  now: Temporal.Instant,
): Promise<string[]> {
  // Stored here because the custodian may not have stored them yet.
  await storeDisclosureRules(db, disclosure, switches.transcripts)
  return [
    ...(await inNameOf('eero', (session) => enterStudy(session))),
    ...(await inNameOf('tuula', (session) => enterAuthorityRequest(session))),
  ]

  async function inNameOf(userId: string, act: (session: Session) => Promise<string[]>): Promise<string[]> {
    const session = await signIn(db, { userId, password }, now)
    if (typeof session === 'string' || !('expiresAt' in session)) return [`${userId} cannot sign in`]
    try {
      return await act(session)
    } finally {
      await signOut(db, session, now)
    }
  }

  async function enterStudy(session: Session): Promise<string[]> {
    const existing = await listInstitutes(db, session)
    if ('refused' in existing) return [existing.refused]
    if (existing.length > 0) return []
    const institute = await addInstitute(db, session, {
      name: 'Tutkimuslaitos Esimerkki',
      contact: 'Kirjaamo',
      email: 'kirjaamo@tutkimuslaitos.example',
      language: 'fi',
    })
    if ('refused' in institute) return [institute.refused]
    const dueOn = now.toZonedDateTimeISO('Europe/Helsinki').toPlainDate().add({ days: 30 })
    const begun = await beginResearch(db, session, {
      instituteId: institute.id,
      study: 'Asiakaspalvelun laatutaso',
      dueOn,
      format: 'OPUS',
    })
    return 'refused' in begun ? [begun.refused] : []
  }

  async function enterAuthorityRequest(session: Session): Promise<string[]> {
    const existing = await listAuthority(db, session, 'open')
    if ('refused' in existing) return [existing.refused]
    if (existing.length > 0) return []
    const entered = await enterAuthority(db, session, {
      origin: 'REQUEST',
      authority: 'Esimerkin poliisilaitos',
      officer: 'Rikosylikonstaapeli M. Malli',
      caseNumber: '5560/R/1234/26',
      aim: 'INVESTIGATION',
      provisionId: disclosure.provisions[0]?.id,
      receivedAt: now,
    })
    return 'refused' in entered ? [entered.refused] : []
  }
}
