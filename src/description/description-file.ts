import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { purposes, referenceKinds } from './purposes.ts'
import { homeAskings, languages, numberKinds, transcriptUses, weekdays } from './closed-lists.ts'
import { dataSubjects, identificationData } from './register-description.ts'
import { duties, roles, scopes } from './roles.ts'
import {
  historyMonths,
  maxBackupDays,
  maxReturnWorkingDays,
  recordingCeilingMonths,
  recordingFloorMonths,
} from './terms.ts'

/** Formats that a field may require; shape-problems.ts has the advice for each. */
export const patterns = {
  written: String.raw`\S`,
  date: String.raw`^(19|2\d)\d{2}-\d{2}-\d{2}$`,
  instant: String.raw`^(19|2\d)\d{2}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$`,
  timeOfDay: String.raw`^([01]\d|2[0-3])[.:][0-5]\d$|^24[.:]00$`,
  id: '^[a-z0-9][a-z0-9-]*$',
  pbx: '^[a-z0-9][a-z0-9.-]*$',
  exchange: String.raw`^0[\d ]+$`,
  country: '^[A-Z]{2}$',
} as const

/** The file's raw form, strings and numbers; check-description.ts checks the content. */
const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 2000, pattern: patterns.written })
const date = Type.String({ pattern: patterns.date })
const trilingual = Type.Object({ fi: text, sv: text, en: text }, closed)
const instant = Type.String({ pattern: patterns.instant })
const timeOfDay = Type.String({ pattern: patterns.timeOfDay })
const id = Type.String({ pattern: patterns.id, maxLength: 64 })
const version = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const share = Type.Number({ minimum: 0, maximum: 1 })
/** More than any agency has; bounds the work for hostile input. */
const maxNumbers = 5000
const maxItems = 500

const Rule = Type.Object(
  {
    id,
    version,
    names: trilingual,
    numbers: Type.Array(text, { minItems: 1, maxItems: maxNumbers }),
    share: Type.Optional(share),
    quota: Type.Optional(
      Type.Object(
        { per: Type.Enum(['official', 'number']), weekly: Type.Integer({ minimum: 1, maximum: 100_000 }) },
        closed,
      ),
    ),
    hours: Type.Optional(
      Type.Object(
        { days: Type.Array(Type.Enum([...weekdays]), { minItems: 1, maxItems: 14 }), from: timeOfDay, to: timeOfDay },
        closed,
      ),
    ),
    recordingMonths: Type.Integer({ minimum: recordingFloorMonths, maximum: recordingCeilingMonths }),
    from: date,
    until: Type.Optional(date),
    justification: Type.Optional(text),
    necessity: Type.Optional(text),
  },
  closed,
)

const AnnouncementEntry = Type.Object(
  {
    id,
    numbers: Type.Array(text, { minItems: 1, maxItems: maxNumbers }),
    texts: Type.Object({ fi: Type.Optional(text), sv: Type.Optional(text), en: Type.Optional(text) }, closed),
  },
  closed,
)

const StorageSiteEntry = Type.Object(
  {
    id,
    names: trilingual,
    country: Type.Optional(Type.String({ pattern: patterns.country })),
    electronicAccessControl: Type.Boolean(),
    attestedBy: text,
    attestedOn: date,
    nextReview: date,
  },
  closed,
)

const SwitchesEntry = Type.Object(
  {
    accessCopy: Type.Boolean(),
    accessTranscript: Type.Boolean(),
    holdForInspection: Type.Boolean(),
    announcementRequired: Type.Boolean(),
    secondFactor: Type.Enum(['off', 'optional', 'required']),
    maintenanceContent: Type.Enum(['allowed', 'breakGlass', 'denied']),
    researchTreatAsPersonal: Type.Boolean(),
    legalClaim: Type.Boolean(),
    logRetentionMonths: Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: 600 })]),
    officialConsent: Type.Enum(['informed', 'required']),
    julklRequests: Type.Boolean(),
    mentionedPersons: Type.Boolean(),
    maskCallerAfterMonths: Type.Union([Type.Null(), Type.Integer({ minimum: 1, maximum: historyMonths })]),
    // Absent from descriptions of before it: off.
    askingFromHome: Type.Optional(Type.Enum([...homeAskings])),
    // Absent: none.
    transcripts: Type.Optional(Type.Enum([...transcriptUses])),
  },
  closed,
)

const ServiceNumberEntry = Type.Object(
  {
    number: text,
    kind: Type.Enum([...numberKinds]),
    language: Type.Enum([...languages]),
    region: Type.Optional(trilingual),
    names: trilingual,
    validFrom: date,
    validTo: Type.Optional(date),
  },
  closed,
)

const RoleEntry = Type.Object(
  {
    role: Type.Enum([...roles]),
    duty: Type.Optional(Type.Enum([...duties])),
    names: trilingual,
    scope: Type.Enum([...scopes]),
    purposes: Type.Array(
      Type.Object(
        { purpose: Type.Enum([...purposes]), reference: Type.Optional(Type.Enum([...referenceKinds])) },
        closed,
      ),
      { maxItems: maxItems },
    ),
  },
  closed,
)

const PurposeEntry = Type.Object(
  {
    purpose: Type.Enum([...purposes]),
    names: trilingual,
    legalBasis: Type.Optional(trilingual),
    dataSets: Type.Array(Type.Enum(['history', 'recordings']), { minItems: 1, maxItems: maxItems }),
  },
  closed,
)

const DescriptionFile = Type.Object(
  {
    version,
    effectiveFrom: instant,
    decision: Type.Object({ author: text, approver: text, decidedOn: date }, closed),
    profile: Type.Enum(['seed', 'gdpr']),
    name: trilingual,
    title: trilingual,
    controller: Type.Object(
      {
        name: trilingual,
        finnishForms: Type.Object({ genitive: text, adessive: text, inessive: text }, closed),
        unit: trilingual,
        postalAddress: trilingual,
        visitingAddress: trilingual,
        switchboard: trilingual,
      },
      closed,
    ),
    dataSubjects: Type.Array(Type.Enum([...dataSubjects]), { maxItems: maxItems }),
    identificationData: Type.Array(Type.Enum([...identificationData]), { maxItems: maxItems }),
    purposes: Type.Array(PurposeEntry, { minItems: 1, maxItems: maxItems }),
    roles: Type.Array(RoleEntry, { minItems: 1, maxItems: maxItems }),
    numbering: Type.Object(
      {
        pbx: Type.String({ pattern: patterns.pbx }),
        exchanges: Type.Array(Type.String({ pattern: patterns.exchange }), { maxItems: maxItems }),
      },
      closed,
    ),
    numbers: Type.Array(ServiceNumberEntry, { minItems: 1, maxItems: maxNumbers }),
    recordingPlan: Type.Object(
      {
        defaultShare: share,
        recordForwarded: Type.Boolean(),
        cooperation: Type.Optional(Type.Object({ decidedOn: date, document: text }, closed)),
        announcements: Type.Array(AnnouncementEntry, { maxItems: maxItems }),
        rules: Type.Array(Rule, { maxItems: maxItems }),
      },
      closed,
    ),
    terms: Type.Object(
      {
        historyMonths: Type.Literal(historyMonths),
        recordingFloorMonths: Type.Literal(recordingFloorMonths),
        recordingCeilingMonths: Type.Literal(recordingCeilingMonths),
      },
      closed,
    ),
    storage: Type.Object(
      {
        sites: Type.Array(StorageSiteEntry, { minItems: 1, maxItems: maxItems }),
        backupDays: Type.Optional(Type.Integer({ minimum: 1, maximum: maxBackupDays })),
      },
      closed,
    ),
    disclosure: Type.Object(
      {
        research: Type.Boolean(),
        authority: Type.Boolean(),
        pseudonymised: Type.Optional(Type.Boolean()),
        returnWorkingDays: Type.Optional(Type.Integer({ minimum: 1, maximum: maxReturnWorkingDays })),
        provisions: Type.Array(
          Type.Object({ id, names: trilingual, validFrom: date, validTo: Type.Optional(date) }, closed),
          { maxItems: maxItems },
        ),
      },
      closed,
    ),
    rights: Type.Object({ unit: trilingual, finnishForms: Type.Object({ illative: text }, closed) }, closed),
    contacts: Type.Object(
      {
        dataProtectionOfficer: Type.Optional(Type.Object({ address: trilingual, email: text, phone: text }, closed)),
        accessibility: Type.Object({ email: text, phone: Type.Optional(text) }, closed),
      },
      closed,
    ),
    switches: SwitchesEntry,
  },
  closed,
)

export type DescriptionFile = Static<typeof DescriptionFile>

export const descriptionFile = Compile(DescriptionFile)

/** Returns the field names at a place of the schema, as named by the validator: `#/properties/numbers/items`. */
export function fieldsAt(schemaPath: string): string[] {
  const place = schemaPath
    .split('/')
    .slice(1)
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], DescriptionFile)
  return Object.keys((place as { properties?: object } | undefined)?.properties ?? {})
}
