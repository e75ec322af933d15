import type { Language, Trilingual } from '../closed-lists.ts'
import type { RegisterDescription } from '../register-description.ts'
import { rolesInEffect } from '../roles.ts'
import { termZone } from '../terms.ts'
import { derivedData, type DerivedData } from './derived-data.ts'
import { publicationFactsOf } from './publication-facts.ts'
import { publishDescription } from './publish-description.ts'
import { sentencesOf } from './published-document.ts'

/** Version of a record and its times; instants are ISO 8601. */
export type RecordedVersion = {
  version: number
  /** SHA-256 of the version's text, in hexadecimal. */
  sha256: string
  effectiveFrom: string
  /** Exclusive; undefined until a later version is approved. */
  effectiveUntil?: string
}

/** Required by GDPR Article 30(1); docs/formats/record-of-processing.md describes each field. */
export type RecordOfProcessing = {
  format: 'seloste/record-of-processing'
  formatVersion: 1
  version: RecordedVersion & { approvedOn: string; asOf: string }
  register: { name: Trilingual }
  controller: Omit<RegisterDescription['controller'], 'finnishForms'> & {
    dataProtectionOfficer?: { address: Trilingual; email: string; phone: string }
  }
  purposes: readonly {
    id: string
    name: Trilingual
    legalBasis?: Trilingual
    dataSets: readonly string[]
    primary: boolean
  }[]
  dataSubjects: readonly string[]
  personalData: { history: readonly string[]; recordings: readonly string[] }
  recipients: readonly {
    id: 'RESEARCH_INSTITUTE' | 'AUTHORITY'
    dataSets: readonly string[]
    provisions?: readonly Trilingual[]
  }[]
  transfersToThirdCountries: readonly never[]
  retention: {
    historyMonths: number
    recordings: { minimumMonths: number; maximumMonths: number; now: readonly { name: Trilingual; months: number }[] }
    /** Greatest age of a backup. */
    backupsDays: number
    /** Data that arise from use, and their terms. */
    arising: readonly DerivedData[]
  }
  security: {
    sites: readonly {
      name: Trilingual
      country?: string
      electronicAccessControl: boolean
      attestedOn: string
      nextReview: string
    }[]
    roles: readonly { role: string; duty?: string; name: Trilingual; scope: string; purposes: readonly string[] }[]
  }
  /** The published text in one language, sentence by sentence. */
  document: { language: Language; sentences: readonly { id: string; text: string }[] }
}

/**
 * Returns the record of processing activities (GDPR Article 30, L2) at an instant. It is published, so it names no person who
 * decided or attested.
 */
export function recordOfProcessing(
  description: RegisterDescription,
  recorded: RecordedVersion,
  language: Language,
  at: Temporal.Instant,
): RecordOfProcessing {
  const { controller, contacts, dataSubjects, identificationData, terms, storage, disclosure } = description
  const { finnishForms: _, ...contactDetails } = controller
  const facts = publicationFactsOf(description, at, language)
  const { retention, purposes } = facts
  const officer = contacts.dataProtectionOfficer
  return {
    format: 'seloste/record-of-processing',
    formatVersion: 1,
    version: {
      ...recorded,
      approvedOn: description.decision.decidedOn.toString(),
      asOf: at.toZonedDateTimeISO(termZone).toPlainDate().toString(),
    },
    register: { name: description.name },
    controller: { ...contactDetails, ...(officer && { dataProtectionOfficer: officer }) },
    purposes: purposes.map(({ purpose, names, legalBasis, dataSets }, index) => ({
      id: purpose,
      name: names,
      ...(legalBasis && { legalBasis }),
      dataSets,
      primary: index === 0,
    })),
    dataSubjects,
    personalData: { history: identificationData, recordings: ['SOUND_OF_THE_CALL'] },
    recipients: [
      ...(disclosure.research ? [{ id: 'RESEARCH_INSTITUTE' as const, dataSets: ['recordings'] }] : []),
      ...(disclosure.authority
        ? [
            {
              id: 'AUTHORITY' as const,
              dataSets: ['history', 'recordings'],
              provisions: disclosure.provisions.map(({ names }) => names),
            },
          ]
        : []),
    ],
    transfersToThirdCountries: [],
    retention: {
      historyMonths: terms.historyMonths,
      recordings: {
        minimumMonths: terms.recordingFloorMonths,
        maximumMonths: terms.recordingCeilingMonths,
        now: retention.map(({ names, months }) => ({ name: names, months })),
      },
      backupsDays: storage.backupDays,
      arising: derivedData(facts),
    },
    security: {
      sites: storage.sites.map(({ names, country, electronicAccessControl, attestedOn, nextReview }) => ({
        name: names,
        ...(country && { country }),
        electronicAccessControl,
        attestedOn: attestedOn.toString(),
        nextReview: nextReview.toString(),
      })),
      roles: rolesInEffect(description).map(({ role, duty, names, scope, purposes: held }) => ({
        role,
        ...(duty && { duty }),
        name: names,
        scope,
        purposes: held.map(({ purpose }) => purpose),
      })),
    },
    document: {
      language,
      sentences: sentencesOf(publishDescription(description, language, at)).map(({ id, text }) => ({ id, text })),
    },
  }
}
