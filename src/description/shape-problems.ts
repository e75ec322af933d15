import { Settings } from 'typebox/system'
import { descriptionFile, patterns } from './description-file.ts'
import { problemAt, type FieldPath, type FieldProblem } from './problem.ts'
import { type Trilingual } from './register-description.ts'

/** As many problems as anybody reads at once; the schema's own limit of eight would hide the rest. */
const mostProblems = 500

type ShapeError = ReturnType<typeof descriptionFile.Errors>[number]

/** What keeps the values of a file from having the shape of a description, one problem a field; none where they have it. */
export function shapeProblems(file: unknown): FieldProblem[] {
  const { maxErrors } = Settings.Get()
  Settings.Set({ maxErrors: mostProblems })
  try {
    if (descriptionFile.Check(file)) return []
    const errors = descriptionFile.Errors(file)
    const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
    const found = errors
      // What no branch of a union fits is said once.
      .filter(({ keyword, instancePath }) => keyword === 'anyOf' || !unions.has(instancePath))
      .flatMap((error) => problemsOf(error, error.instancePath.split('/').slice(1).map(pathPart)))
    return found.filter(
      ({ path }, index) => found.findIndex((other) => other.path.join('/') === path.join('/')) === index,
    )
  } finally {
    Settings.Set({ maxErrors })
  }
}

function problemsOf(error: ShapeError, path: FieldPath): FieldProblem[] {
  const field = path.at(-1)
  switch (error.keyword) {
    // Said better by additionalProperties, which follows.
    case 'boolean':
      return []
    case 'required':
      return error.params.requiredProperties.map((name) => problemAt([...path, name], 'shape.missing', { name }))
    case 'additionalProperties':
      return error.params.additionalProperties.map((name) => problemAt([...path, name], 'shape.unknown', { name }))
    case 'enum': {
      const allowed = error.params.allowedValues.join(', ')
      return [problemAt(path, field === 'purpose' ? 'purpose.unknown' : 'shape.choice', { allowed })]
    }
    case 'const':
      return [problemAt(path, 'term.fixed', { months: String(error.params.allowedValue) })]
    case 'anyOf':
      return [problemAt(path, 'shape.type', { expected: kinds['monthsOrNull']! })]
    case 'type':
      return [
        field === 'recordingMonths'
          ? problemAt(path, 'term.range')
          : problemAt(path, 'shape.type', { expected: kinds[String(error.params.type)] ?? kinds['object']! }),
      ]
    case 'minLength':
    case 'minItems':
      return [problemAt(path, 'shape.empty')]
    case 'maxLength':
    case 'maxItems':
      return [problemAt(path, 'shape.too-long', { limit: error.params.limit })]
    case 'minimum':
    case 'maximum':
      return [outOfRange(path, error.keyword, Number(error.params.limit))]
    case 'pattern':
      return [wrongForm(path, String(error.params.pattern))]
    default:
      return [problemAt(path, 'shape.type', { expected: kinds['object']! })]
  }
}

function outOfRange(path: FieldPath, keyword: 'minimum' | 'maximum', limit: number): FieldProblem {
  const field = path.at(-1)
  if (field === 'recordingMonths') return problemAt(path, 'term.range')
  if (field === 'share' || field === 'defaultShare') return problemAt(path, 'share.range')
  return problemAt(path, keyword === 'minimum' ? 'shape.too-small' : 'shape.too-large', { limit })
}

function wrongForm(path: FieldPath, pattern: string): FieldProblem {
  switch (pattern) {
    case patterns.date:
      return problemAt(path, 'shape.date')
    case patterns.instant:
      return problemAt(path, 'shape.instant')
    case patterns.timeOfDay:
      return problemAt(path, 'shape.time-of-day')
    case patterns.exchange:
      return problemAt(path, 'number.exchange-form')
    case patterns.written:
      return problemAt(path, 'shape.empty')
    default:
      return problemAt(path, 'shape.id')
  }
}

const kinds: Readonly<Record<string, Trilingual>> = {
  string: {
    fi: 'teksti (numeroista koostuva lainausmerkeissä)',
    sv: 'en text (en som består av siffror inom citattecken)',
    en: 'a text (one made of digits in quotation marks)',
  },
  number: { fi: 'luku', sv: 'ett tal', en: 'a number' },
  integer: { fi: 'kokonaisluku', sv: 'ett heltal', en: 'a whole number' },
  boolean: { fi: 'true (kyllä) tai false (ei)', sv: 'true (ja) eller false (nej)', en: 'true or false' },
  array: { fi: 'luettelo', sv: 'en lista', en: 'a list' },
  object: { fi: 'kenttiä arvoineen', sv: 'fält med värden', en: 'fields with values' },
  monthsOrNull: {
    fi: 'kuukausien määrä, tai null, kun rajaa ei ole',
    sv: 'ett antal månader, eller null när det inte finns någon gräns',
    en: 'a number of months, or null where there is no limit',
  },
}

function pathPart(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text.replace(/~1/g, '/').replace(/~0/g, '~')
}
