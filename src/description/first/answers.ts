/** The ten answers from which a first description is made (docs/formats/register-description.md). */
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseDocument } from 'yaml'
import { patterns } from '../description-file.ts'
import { languages } from '../closed-lists.ts'

const closed = { additionalProperties: false }
const text = Type.String({ minLength: 1, maxLength: 2000, pattern: patterns.written })
const trilingual = Type.Object({ fi: text, sv: text, en: text }, closed)
const day = Type.String({ pattern: patterns.date })
const whole = Type.String({ pattern: String.raw`^\d{1,3}$` })

const Answers = Type.Object(
  {
    agency: Type.Object(
      { name: trilingual, finnishForms: Type.Object({ genitive: text, adessive: text, inessive: text }, closed) },
      closed,
    ),
    unit: Type.Object({ name: trilingual, finnishIllative: text }, closed),
    addresses: Type.Object({ postal: trilingual, visiting: trilingual }, closed),
    telephone: Type.Object(
      {
        switchboard: trilingual,
        exchanges: Type.Array(Type.String({ pattern: patterns.exchange }), { maxItems: 100 }),
      },
      closed,
    ),
    numbers: Type.Array(Type.Object({ number: text, language: Type.Enum([...languages]), names: trilingual }, closed), {
      minItems: 1,
      maxItems: 1000,
    }),
    recording: Type.Object({ percent: whole, months: whole, testLine: Type.Optional(text) }, closed),
    cooperation: Type.Object({ decidedOn: day, document: text }, closed),
    site: Type.Object(
      {
        names: trilingual,
        country: Type.String({ pattern: patterns.country }),
        attestedBy: text,
        attestedOn: day,
        nextReview: day,
      },
      closed,
    ),
    notice: Type.Object(
      {
        accessibilityEmail: text,
        // Under the GDPR both are required; a register description under the Personal Data Act has neither.
        legalBasis: Type.Optional(trilingual),
        dataProtectionOfficer: Type.Optional(Type.Object({ address: trilingual, email: text, phone: text }, closed)),
      },
      closed,
    ),
    decision: Type.Object({ author: text, approver: text, decidedOn: day, effectiveFrom: day }, closed),
  },
  closed,
)

export type Answers = Static<typeof Answers>

const answersFile = Compile(Answers)

export type ReadAnswers = { ok: true; answers: Answers } | { ok: false; problems: string[] }

/** Reads a YAML file of answers. Every value is text: a telephone number keeps its zero. */
export function readAnswers(source: string): ReadAnswers {
  const document = parseDocument(source, { schema: 'failsafe' })
  const [broken] = document.errors
  if (broken) return { ok: false, problems: [broken.message.split('\n')[0]!] }
  const answers: unknown = document.toJS()
  if (answersFile.Check(answers)) return { ok: true, answers }
  const problems = answersFile
    .Errors(answers)
    .filter(({ keyword }) => keyword !== 'boolean')
    .map(({ instancePath, message, params }) => {
      const { additionalProperties: others } = params as { additionalProperties?: readonly string[] }
      const place = instancePath.slice(1).replaceAll('/', '.') || 'the file'
      return `${place} ${others ? `must not have ${others.join(', ')}` : message}`
    })
  return { ok: false, problems: [...new Set(problems)] }
}
