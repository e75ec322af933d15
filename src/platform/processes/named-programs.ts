/**
 * External programs named by an administrator: engines and their models, which never come with Seloste. Each program and each
 * of its files is known by its hash; nothing is searched for.
 */
import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ProcessFault } from './process-faults.ts'

const text = Type.String({ minLength: 1, maxLength: 200, pattern: '^[\\x20-\\x7e]+$' })
const path = Type.String({ minLength: 2, maxLength: 4_000, pattern: '^/[^\\x00-\\x1f]*$' })
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const exact = { additionalProperties: false }

const NamedProgram = Type.Object(
  {
    /** Name and version as in release records. */
    name: text,
    version: text,
    /** Licence of the program, as an SPDX identifier if possible. */
    licence: text,
    program: path,
    sha256,
    /** Command line arguments; every user of the machine can see them. */
    arguments: Type.Optional(Type.Array(Type.String({ maxLength: 4_000 }), { maxItems: 100 })),
    /** All other files that it reads: scripts, models. */
    files: Type.Optional(Type.Array(Type.Object({ path, sha256, licence: text }, exact), { maxItems: 1_000 })),
    /** Folders of libraries outside /usr that it may read; not hashed. */
    folders: Type.Optional(Type.Array(path, { maxItems: 100 })),
    /**
     * `shut`: runs without a network or not at all. `trusted`: where isolation is impossible, the administrator takes
     * responsibility.
     */
    network: Type.Optional(Type.Union([Type.Literal('shut'), Type.Literal('trusted')])),
    /** Maximum seconds per second of audio, plus one minute to start; default 10. */
    secondsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
    /** Record of its evaluation. */
    evaluation: Type.Optional(path),
  },
  exact,
)
export type NamedProgram = Static<typeof NamedProgram>

const namedProgram = Compile(NamedProgram)

/**
 * Reads a file with one list for each of `kinds`; a missing list is empty. A faulty program is left out, with a fault; the
 * others are usable.
 * @param file absolute path
 * @throws ProcessFault `programs-file-wrong`, one line, if nothing in the file is usable
 */
export function readNamedPrograms<Kind extends string>(
  file: string,
  kinds: readonly Kind[],
): { programs: Record<Kind, NamedProgram[]>; faults: ProcessFault[] } {
  const faultOf = (problem: string, cause?: unknown) =>
    new ProcessFault('programs-file-wrong', `The file of programs ${file} ${problem}.`, cause)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw faultOf(error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${codeOf(error)})`, error)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw faultOf('is not a JSON object')
  const unknownKind = Object.keys(content).find((key) => !(kinds as readonly string[]).includes(key))
  if (unknownKind !== undefined) throw faultOf(`has ${JSON.stringify(unknownKind)}: allowed are ${kinds.join(', ')}`)
  const lists = content as Record<string, unknown>
  const faults: ProcessFault[] = []
  const entries = kinds.map((kind): [Kind, NamedProgram[]] => {
    const list = lists[kind] ?? []
    if (!Array.isArray(list)) throw faultOf(`is not valid at /${kind}: must be array`)
    const valid = list.filter((program: unknown, index): program is NamedProgram => {
      const problem = problemIn(program, `/${kind}/${index}`)
      if (problem !== undefined) faults.push(faultOf(problem))
      return problem === undefined
    })
    return [kind, valid]
  })
  return { programs: Object.fromEntries(entries) as Record<Kind, NamedProgram[]>, faults }
}

/** Returns the problem of a program; undefined if it is valid. */
function problemIn(program: unknown, location: string): string | undefined {
  if (!namedProgram.Check(program)) {
    const [error] = namedProgram.Errors(program)
    return `is not valid at ${location}${error?.instancePath ?? ''}: ${error?.message ?? ''}`
  }
  const unhashed = unhashedFile(program)
  return unhashed === undefined
    ? undefined
    : `lets ${program.name} read ${unhashed}, but does not list it among its files`
}

/**
 * Returns an argument that is a path, also after an equals sign, but neither hashed nor a folder: such a script could be
 * changed.
 */
function unhashedFile({ arguments: given = [], files = [], folders = [] }: NamedProgram): string | undefined {
  const known = [...files.map((file) => file.path), ...folders, '/dev/stdin', '/dev/stdout', '/dev/null']
  return given
    .map((argument) => argument.replace(/^[^/]*=/, ''))
    .find((argument) => isAbsolute(argument) && !known.includes(argument))
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
