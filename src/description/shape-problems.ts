import { Settings } from 'typebox/system'
import texts from '#texts/server/problem.json' with { type: 'json' }
import { trilingualTexts, type KeyOf, type Trilingual } from '#platform/texts/texts.ts'
import { descriptionFile, fieldsAt, patterns } from './description-file.ts'
import { nameless, problemAt, type FieldPath, type FieldProblem } from './problem.ts'
import { characterName, maxProblems, findForbiddenCharacter } from './read-text.ts'

type ShapeError = ReturnType<typeof descriptionFile.Errors>[number]

/** Reports invisible characters in texts: they are not published. */
export function findForbiddenTexts(file: unknown, path: FieldPath = []): FieldProblem[] {
  if (typeof file === 'string') {
    const letter = findForbiddenCharacter(file)
    return letter === undefined ? [] : [problemAt(path, 'text.character', { letter: characterName(letter) })]
  }
  if (typeof file !== 'object' || file === null) return []
  return Object.entries(file).flatMap(([key, value]) =>
    findForbiddenTexts(value, [...path, Array.isArray(file) ? Number(key) : key]),
  )
}

/** Returns the differences between a file's values and the schema, one problem a field. */
export function shapeProblems(file: unknown): FieldProblem[] {
  const { maxErrors } = Settings.Get()
  // The validator's default limit of eight would hide the rest.
  Settings.Set({ maxErrors: maxProblems })
  try {
    if (descriptionFile.Check(file)) return []
    const errors = descriptionFile.Errors(file)
    const unions = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
    const found = errors
      // Reports a mismatch of a union once.
      .filter(({ keyword, instancePath }) => keyword === 'anyOf' || !unions.has(instancePath))
      .flatMap((error) => problemsOf(error, error.instancePath.split('/').slice(1).map(pathPart)))
    const byPath = new Map<string, FieldProblem>()
    for (const problem of found.slice(0, maxProblems)) {
      const path = problem.path.join('/')
      if (!byPath.has(path)) byPath.set(path, problem)
    }
    return [...byPath.values()]
  } finally {
    Settings.Set({ maxErrors })
  }
}

function problemsOf(error: ShapeError, path: FieldPath): FieldProblem[] {
  const field = path.at(-1)
  switch (error.keyword) {
    // An unknown field. The validator also reports all unknown fields of an object together, but its limit of errors may cut
    // that off.
    case 'boolean':
      return [unknownField(path.slice(0, -1), String(field), error.schemaPath.replace(/\/additionalProperties$/, ''))]
    case 'required':
      return error.params.requiredProperties.map((name) => problemAt([...path, name], 'shape.missing', { name }))
    case 'additionalProperties':
      return error.params.additionalProperties
        .slice(0, maxProblems)
        .map((name) => unknownField(path, name, error.schemaPath))
    case 'enum': {
      const allowed = error.params.allowedValues.join(', ')
      return [problemAt(path, field === 'purpose' ? 'purpose.unknown' : 'shape.choice', { allowed })]
    }
    case 'const':
      return [problemAt(path, 'term.fixed', { months: String(error.params.allowedValue) })]
    case 'anyOf':
      return [problemAt(path, 'shape.type', { expected: expected('monthsOrNull') })]
    case 'type':
      return [
        field === 'recordingMonths'
          ? problemAt(path, 'term.range')
          : problemAt(path, 'shape.type', { expected: expected(String(error.params.type)) }),
      ]
    case 'minLength':
    case 'minItems':
      return [problemAt(path, 'shape.empty')]
    case 'maxLength':
      return [problemAt(path, 'shape.too-long', { limit: error.params.limit })]
    case 'maxItems':
      return [problemAt(path, 'shape.too-many', { limit: error.params.limit })]
    case 'minimum':
    case 'maximum':
      return [outOfRange(path, error.keyword, Number(error.params.limit))]
    case 'pattern':
      return [wrongForm(path, String(error.params.pattern))]
    default:
      return [problemAt(path, 'shape.type', { expected: expected('object') })]
  }
}

function unknownField(path: FieldPath, name: string, schemaPath: string): FieldProblem {
  const shown = name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name || nameless
  const suggestion = nearest(name, fieldsAt(schemaPath))
  return suggestion === undefined
    ? problemAt([...path, name], 'shape.unknown', { name: shown })
    : problemAt([...path, name], 'shape.misspelt', { name: shown, suggestion })
}
const maxNameLength = 60

/** Returns the name that differs by one or two letters, ignoring case. */
function nearest(written: string, names: readonly string[]): string | undefined {
  if (written.length > maxNameLength) return undefined
  const [best] = names
    .map((name) => ({ name, distance: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance: letters }) => letters <= Math.min(2, Math.floor(name.length / 3)))
    .sort((one, other) => one.distance - other.distance)
  return best?.name
}

/** Returns the edit distance. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let index = 1; index <= other.length; index += 1) {
      const changed = row[index - 1]! + (letter === other[index - 1] ? 0 : 1)
      next.push(Math.min(changed, row[index]! + 1, next[index - 1]! + 1))
    }
    row = next
  }
  return row[other.length]!
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
    case patterns.country:
      return problemAt(path, 'shape.country')
    case patterns.written:
      return problemAt(path, 'shape.empty')
    default:
      return problemAt(path, 'shape.id')
  }
}

const t = trilingualTexts(texts)
/** Describes the expected JSON Schema type. */
function expected(type: string): Trilingual {
  const key = `problem.expected.${type}`
  return t(key in texts ? (key as KeyOf<typeof texts>) : 'problem.expected.object')
}

function pathPart(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text.replace(/~1/g, '/').replace(/~0/g, '~')
}
