import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs, promisify } from 'node:util'
import { parseDescription } from '#description/read-description.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { settingNames } from '#platform/config/settings-table.ts'
import { Fault } from '#platform/fault.ts'
import { replaceText } from '#platform/files/replace-text.ts'
import { openTerminal, type Terminal } from '../ask.ts'
import { createDatabase } from '../create-database/create-database.ts'
import { isLocalServer } from '../create-database/local-server.ts'
import { printProblems, readTextFile } from '../description/new-description.ts'
import { doctor } from '../doctor.ts'
import { readSettingsFile, withSettings } from './settings-file.ts'
import { askSettings, askYesNo } from './setup-questions.ts'

const packageSettings = '/etc/seloste/seloste.env'
const portsFile = '/etc/sysctl.d/61-seloste-rtp.conf'

/**
 * `setup [--from FILE] [--show] [--settings FILE]`: asks for the settings of a first installation, or takes them from a file of
 * NAME=value lines, and checks them together. Shows what it will do; `--show` ends there. Then writes the settings, reserves the
 * media ports, makes the database if it is on this machine, and runs `doctor`. May be repeated.
 */
export async function setup(args: string[], open: () => Terminal = openTerminal): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: 'string' },
      show: { type: 'boolean' },
      settings: { type: 'string', default: packageSettings },
    },
  })
  const file = values.settings
  const before = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Fault(
      'file-unreadable',
      `${file} cannot be read; the Debian package installs it, or name another with --settings`,
      cause,
    )
  })
  const terminal = values.from === undefined ? open() : undefined
  try {
    const wanted = terminal
      ? await askSettings(terminal, readSettingsFile(before))
      : assertPublic(readSettingsFile(await readTextFile(values.from!)))
    const plan = await makePlan(file, before, wanted)
    console.log(plan.lines.join('\n'))
    if (values.show === true) return
    if (terminal && !(await askYesNo(terminal, '\nDo it?'))) {
      console.log('Nothing was changed.')
      return
    }
    await applyPlan(plan)
  } finally {
    terminal?.close()
  }
}

interface Plan {
  file: string
  text: string
  /** Planned steps, shown to the operator. */
  lines: string[]
  settings: Settings
  environment: ReadonlyMap<string, string>
  isLocalDatabase: boolean
}

/** @throws Fault `setting-wrong`, `argument-wrong` before anything is changed */
async function makePlan(file: string, before: string, wanted: ReadonlyMap<string, string>): Promise<Plan> {
  const old = readSettingsFile(before)
  const changed = new Map([...wanted].filter(([name, value]) => old.get(name) !== value))
  const environment = new Map([...old, ...wanted])
  const settings = readSettings({ ...process.env, ...Object.fromEntries(environment) }, '/')
  await assertDescription(settings.descriptionFile)
  const isLocalDatabase = isLocalServer(settings.databaseUrl)
  const lines = [
    '',
    changed.size === 0 ? `The settings in ${file} stay as they are.` : `Write to ${file}:`,
    ...[...changed].map(([name, value]) => `  ${name}=${value}${old.has(name) ? `   (was ${old.get(name)})` : ''}`),
    `Reserve UDP ports ${settings.rtp.firstPort}-${settings.rtp.lastPort} for audio: ${portsFile}`,
    isLocalDatabase
      ? 'Make database and rights in the PostgreSQL of this machine, if they are not there: seloste create-database'
      : 'The database is elsewhere: its administrator runs what "seloste create-database --print" prints.',
    'Check settings and machine: seloste doctor',
  ]
  return { file, text: withSettings(before, changed), lines, settings, environment, isLocalDatabase }
}

async function applyPlan({ file, text, settings, environment, isLocalDatabase }: Plan): Promise<void> {
  await replaceText(file, text)
  console.log(`wrote ${file}`)
  if (file === packageSettings) await reservePorts(settings)
  Object.assign(process.env, Object.fromEntries(environment))
  if (isLocalDatabase) await createDatabase(() => settings, [])
  await doctor(() => settings, false)
  if (process.exitCode === 1) {
    console.log('\nCorrect the errors above, and run "seloste doctor" until there is none. Then:')
  } else console.log('\nNext:')
  console.log('  systemctl enable --now seloste.target\n  seloste status\n  seloste people first')
}

/** Reserves the media ports. A container may not set them: there the host does. */
async function reservePorts({ rtp: { firstPort, lastPort } }: Settings): Promise<void> {
  await writeFile(portsFile, `net.ipv4.ip_local_reserved_ports=${firstPort}-${lastPort}\n`)
  await promisify(execFile)('sysctl', ['-q', '-p', portsFile]).catch(() => {
    console.log(`${portsFile} is written and will apply from the next boot on: sysctl may not set it now`)
  })
}

/** Refuses unknown settings and a database password, because everybody on the machine can read the settings file. */
function assertPublic(settings: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const unknown = [...settings.keys()].find((name) => !(settingNames as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new Fault('argument-wrong', `${unknown} is not a setting: docs/operate/settings.md lists them`)
  if (/^postgres(ql)?:\/\/[^/@]*:[^/@]*@/.test(settings.get('DATABASE_URL') ?? '')) {
    throw new Fault('argument-wrong', 'DATABASE_URL has a password: it belongs in owner.env, custodian.env and so on')
  }
  return settings
}

async function assertDescription(path: string | undefined): Promise<void> {
  if (path === undefined) return
  const parsed = parseDescription(await readTextFile(path))
  if (parsed.ok) return
  printProblems(path, parsed.problems)
  throw new Fault('argument-wrong', `${path} is not a valid description: see above`)
}
