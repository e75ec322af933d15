/**
 * Programs of others that an administrator names: engines with their models, which never come with Seloste.
 *
 * In: a JSON file. Out: programs, each known by its hash and those of its files. Never here: a program that is found by a search,
 * or a file of it that nobody vouched for.
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
    /** As release records name it. */
    name: text,
    version: text,
    /** Of the program, SPDX where there is such a name. */
    licence: text,
    program: path,
    sha256,
    /** On the command line; everybody on the machine can see them. */
    arguments: Type.Optional(Type.Array(Type.String({ maxLength: 4_000 }), { maxItems: 100 })),
    /** Everything else that it reads: scripts, models. */
    files: Type.Optional(Type.Array(Type.Object({ path, sha256, licence: text }, exact), { maxItems: 1_000 })),
    /** Folders of libraries outside /usr, which it may read and nobody hashes. */
    folders: Type.Optional(Type.Array(path, { maxItems: 100 })),
    /** `shut`: it runs without a network or not at all. `trusted`: where that cannot be had, the administrator answers for it. */
    network: Type.Optional(Type.Union([Type.Literal('shut'), Type.Literal('trusted')])),
    /** Seconds that it may take for each second of sound, beside one minute to start; 10 where it is not said. */
    secondsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100 })),
    /** The record of its evaluation. */
    evaluation: Type.Optional(path),
  },
  exact,
)
export type NamedProgram = Static<typeof NamedProgram>

const namedProgram = Compile(NamedProgram)

/**
 * Reads a file of one list for each of `kinds`; a list that is not there is empty. A program that is named wrongly is left out,
 * with a fault; the others are as good as without it.
 * @param file an absolute path
 * @throws ProcessFault `programs-file-wrong`, one line, where nothing of the file can be used
 */
export function readNamedPrograms<Kind extends string>(
  file: string,
  kinds: readonly Kind[],
): { programs: Record<Kind, NamedProgram[]>; faults: ProcessFault[] } {
  const wrong = (what: string, cause?: unknown) =>
    new ProcessFault('programs-file-wrong', `The file of programs ${file} ${what}.`, cause)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw wrong(error instanceof SyntaxError ? 'is not JSON' : `cannot be read (${codeOf(error)})`, error)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw wrong('is no JSON object')
  const strange = Object.keys(content).find((key) => !(kinds as readonly string[]).includes(key))
  if (strange !== undefined) throw wrong(`has ${JSON.stringify(strange)}: allowed are ${kinds.join(', ')}`)
  const lists = content as Record<string, unknown>
  const faults: ProcessFault[] = []
  const entries = kinds.map((kind): [Kind, NamedProgram[]] => {
    const list = lists[kind] ?? []
    if (!Array.isArray(list)) throw wrong(`has at /${kind} what it must not: must be array`)
    const good = list.filter((program: unknown, place): program is NamedProgram => {
      const what = wrongIn(program, `/${kind}/${place}`)
      if (what !== undefined) faults.push(wrong(what))
      return what === undefined
    })
    return [kind, good]
  })
  return { programs: Object.fromEntries(entries) as Record<Kind, NamedProgram[]>, faults }
}

function wrongIn(program: unknown, place: string): string | undefined {
  if (!namedProgram.Check(program)) {
    const [error] = namedProgram.Errors(program)
    return `has at ${place}${error?.instancePath ?? ''} what it must not: ${error?.message ?? ''}`
  }
  const loose = unhashedFile(program)
  return loose === undefined ? undefined : `lets ${program.name} read ${loose} and does not name it among its files`
}

/** A path among the arguments, after an equals sign too, that is neither hashed nor a folder: a script could be changed. */
function unhashedFile({ arguments: given = [], files = [], folders = [] }: NamedProgram): string | undefined {
  const known = [...files.map((file) => file.path), ...folders, '/dev/stdin', '/dev/stdout', '/dev/null']
  return given
    .map((argument) => argument.replace(/^[^/]*=/, ''))
    .find((argument) => isAbsolute(argument) && !known.includes(argument))
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}
