import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { purposes, referenceKinds } from './purposes.ts'
import { languages, numberKinds } from './register-description.ts'
import { duties, roles, scopes } from './roles.ts'
import { historyMonths, recordingCeilingMonths, recordingFloorMonths } from './terms.ts'

/** The file as written: strings and numbers. What they mean together is check-description.ts's to judge. */
const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 2000 })
const date = Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$` })
const trilingual = Type.Object({ fi: text, sv: text, en: text }, closed)
const version = Type.Integer({ minimum: 1 })
const share = Type.Number({ minimum: 0, maximum: 1 })

const Rule = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    version,
    numbers: Type.Array(text, { minItems: 1 }),
    share: Type.Optional(share),
    recordingMonths: Type.Integer({ minimum: recordingFloorMonths, maximum: recordingCeilingMonths }),
    from: date,
    until: Type.Optional(date),
    justification: Type.Optional(text),
    author: text,
    approvedBy: text,
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
    ),
  },
  closed,
)

const PurposeEntry = Type.Object(
  {
    purpose: Type.Enum([...purposes]),
    names: trilingual,
    dataSets: Type.Array(Type.Enum(['history', 'recordings']), { minItems: 1 }),
  },
  closed,
)

const DescriptionFile = Type.Object(
  {
    version,
    effectiveFrom: date,
    profile: Type.Enum(['seed', 'gdpr']),
    name: trilingual,
    title: trilingual,
    controller: Type.Object(
      {
        name: trilingual,
        unit: trilingual,
        postalAddress: trilingual,
        visitingAddress: trilingual,
        switchboard: trilingual,
      },
      closed,
    ),
    purposes: Type.Array(PurposeEntry, { minItems: 1 }),
    roles: Type.Array(RoleEntry, { minItems: 1 }),
    numbering: Type.Object(
      {
        pbx: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]*$' }),
        exchanges: Type.Array(Type.String({ pattern: String.raw`^0[\d ]+$` })),
      },
      closed,
    ),
    numbers: Type.Array(ServiceNumberEntry, { minItems: 1 }),
    recordingPlan: Type.Object(
      { defaultShare: share, recordForwarded: Type.Boolean(), rules: Type.Array(Rule) },
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
  },
  closed,
)

export type DescriptionFile = Static<typeof DescriptionFile>

export const descriptionFile = Compile(DescriptionFile)
