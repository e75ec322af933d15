import { access, readFile, writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { readAnswers, type Answers } from '#description/first/answers.ts'
import { firstDescription } from '#description/first/first-description.ts'
import type { Problem } from '#description/problem.ts'
import { parseDescription, seedDescriptionFile } from '#description/read-description.ts'
import { termZone } from '#description/terms.ts'
import { Fault } from '#platform/fault.ts'
import { openTerminal, type Terminal } from '../ask.ts'
import { askTenQuestions } from './ten-questions.ts'

/**
 * Makes the first description of an installation. If the answers make an invalid description, lists its problems
 * instead, and stores the answers in `FILE.answers.yaml`, to be corrected.
 * @param from a file of answers; without it ten questions are asked
 */
export async function newDescription(
  file: string,
  from: string | undefined,
  open: () => Terminal = openTerminal,
): Promise<void> {
  if (await exists(file)) throw new Fault('argument-wrong', `${file} exists already; name another file`)
  const answers = from === undefined ? await ask(open) : await readFrom(from)
  const text = firstDescription(answers, await readFile(seedDescriptionFile, 'utf8'))
  const parsed = parseDescription(text)
  if (!parsed.ok) {
    printProblems(file, parsed.problems)
    const answersPath = from ?? `${file}.answers.yaml`
    if (from === undefined) await writeFile(answersPath, stringify(answers), { mode: 0o644 })
    console.error(
      `seloste: ${file} was not written. Correct the answers in ${answersPath}, then: seloste description new ${file} --from ${answersPath}`,
    )
    process.exitCode = 1
    return
  }
  await writeFile(file, text, { mode: 0o644, flag: 'wx' })
  console.log(`${file} is a valid description. Read it through, and change it where your register differs; then:`)
  console.log(`  seloste description check ${file}`)
}

async function ask(open: () => Terminal): Promise<Answers> {
  const terminal = open()
  try {
    return await askTenQuestions(terminal, Temporal.Now.plainDateISO(termZone))
  } finally {
    terminal.close()
  }
}

async function readFrom(path: string): Promise<Answers> {
  const read = readAnswers(await readTextFile(path))
  if (read.ok) return read.answers
  for (const problem of read.problems) console.log(`${path}  ${problem}`)
  throw new Fault(
    'argument-wrong',
    `the answers in ${path} are not valid; docs/formats/register-description.md lists those needed`,
  )
}

/** @throws Fault `file-unreadable` */
export async function readTextFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new Fault('file-unreadable', `${path} cannot be read (${(error as { code?: string }).code ?? 'unknown'})`)
  })
}

export function printProblems(file: string, problems: readonly Problem[]): void {
  for (const { line, field, message, remedy } of problems) {
    console.log(`${file}:${line}  ${field}  ${message.en} ${remedy.en}`)
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
