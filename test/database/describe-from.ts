/**
 * Descriptions for tests: the text of a new installation, the text in force without one of its roles, or another text.
 */
import type { Pool } from 'pg'
import type { Change } from '#description/changes/change.ts'
import { parseDescription, shippedDescription } from '#description/read-description.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { Duty, Role } from '#description/roles.ts'
import { termZone } from '#description/terms.ts'
import { descriptionChannel } from '#safeguards/versions/versions.ts'

/** Returns the text of a new installation. */
export function shippedDescriptionText(): Promise<string> {
  return shippedDescription(Temporal.Now.plainDateISO(termZone))
}

/** Returns the description of a new installation; its rules are in force on any date. */
export async function readShippedDescription(): Promise<RegisterDescription> {
  const parsed = parseDescription(await shippedDescriptionText())
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.description
}

/** Publishes a version that lacks one role, in force from an instant after those of all other versions. */
export async function publishWithoutRole(
  pool: Pool,
  effectiveFrom: Temporal.Instant,
  { without: { role, duty } }: { without: { role: Role; duty?: Duty } },
): Promise<void> {
  const newest = '(select max(version) from description_version)'
  await pool.query(
    `insert into description_version (version, text, hash, effective_from)
     select version + 1, text, hash, $1 from description_version where version = ${newest}`,
    [effectiveFrom.toString()],
  )
  await pool.query(
    `insert into described_role (version, role, duty, purposes, scope)
     select version + 1, role, duty, purposes, scope from described_role
     where version = ${newest} - 1 and (role, duty) is distinct from ($1, $2)`,
    [role, duty ?? null],
  )
}

/**
 * Publishes a text as the next version, in force from an instant, and notifies the processes; its roles are those of
 * the previous version.
 */
export async function publishText(
  pool: Pool,
  text: string,
  effectiveFrom: Temporal.Instant,
  changes: readonly Change[] = [],
): Promise<void> {
  const newest = '(select max(version) from description_version)'
  await pool.query(
    `insert into description_version (version, text, hash, effective_from, changes)
     values (${newest} + 1, $1, sha256(convert_to($1, 'UTF8')), $2, $3)`,
    [text, effectiveFrom.toString(), JSON.stringify(changes)],
  )
  await pool.query(
    `insert into described_role (version, role, duty, purposes, scope)
     select version + 1, role, duty, purposes, scope from described_role where version = ${newest} - 1`,
  )
  await pool.query("select pg_notify($1, '')", [descriptionChannel])
}

/**
 * Text replacements that turn the seed's text into a notice under Articles 13 and 14: a legal basis for each purpose,
 * and an officer.
 */
export const gdprWords: Readonly<Record<string, string>> = {
  'profile: seed': 'profile: gdpr',
  'dataSets:': `legalBasis:
      fi: Yleisen tietosuoja-asetuksen 6 artiklan 1 kohdan e alakohta; tietosuojalaki (1050/2018) 4 §
      sv: Artikel 6.1 e i allmänna dataskyddsförordningen; dataskyddslagen (1050/2018) 4 §
      en: Article 6(1)(e) of the General Data Protection Regulation; Data Protection Act (1050/2018) section 4
    dataSets:`,
  'contacts:': `contacts:
  dataProtectionOfficer:
    address: { fi: 'PL 325, 00052 VERO', sv: 'PB 325, 00052 SKATT', en: 'PO Box 325, 00052 VERO' }
    email: tietosuoja@vero.example
    phone: 029 512 000`,
}

export function gdprText(seed: string): string {
  return Object.entries(gdprWords).reduce((text, [from, to]) => text.replaceAll(from, to), seed)
}

/** Turns the seed's text into another agency's: no name of the first agency is left. */
export function otherAgencyText(seed: string): string {
  const words: Record<string, string> = {
    Verohallinnossa: 'Esimerkkivirastossa',
    Verohallinnolla: 'Esimerkkivirastolla',
    Verohallinnon: 'Esimerkkiviraston',
    Verohallinto: 'Esimerkkivirasto',
    Skatteförvaltningens: 'Exempelverkets',
    Skatteförvaltningen: 'Exempelverket',
    'Tax Administration': 'Example Agency',
    'Henkilöverotus/Palveluyksikkö': 'Neuvonta/Palveluyksikkö',
    'Personbeskattning/Serviceenheten': 'Rådgivning/Serviceenheten',
    'Personal Taxation/Service Unit': 'Advice/Service Unit',
    'vero.example': 'virasto.example',
    '00052 VERO': '00100 HELSINKI',
    '00052 SKATT': '00100 HELSINGFORS',
  }
  return Object.entries(words).reduce((text, [from, to]) => text.replaceAll(from, to), seed)
}
