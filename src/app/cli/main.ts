/** The command line: parses arguments and runs a command, or prints one line about the error. */
import { parseArgs } from 'node:util'
import { restoreSavedCalls } from '#capture/session/recovery/saved-calls.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { remedyOf } from '#platform/fault-remedies.ts'
import { errorText } from '#platform/log/describe-error.ts'
import { roleNames, type RoleName } from '../roles/role.ts'
import { waitForActivation } from '../supervisor/spare-process.ts'
import { useBundledLibraries } from './bundled-libraries.ts'
import { printWithoutEscapes } from './print-without-escapes.ts'
import { version } from './version.ts'

const usage = `Seloste ${version}

Running
  seloste start [--role ROLE]                     start Seloste, or one role: custodian, capture, desk, feeds
  seloste demo [--no-calls] [--no-history] [--history-days N] [--calls-every SECONDS]
                                                  start Seloste with demo users, a month of history and incoming calls
  seloste simulate [--calls-per-minute N] [--seed N] | --to NUMBER
                                                  place SIPREC calls to a running Seloste; one of ten seconds to a number
  seloste drain [--wait SECONDS] [--cancel]       refuse new sessions; stop capture when the last recording is sealed
  seloste doctor [--json]                         check settings and machine; print each problem and its remedy
  seloste status [--json]                         print the health of each part, and the promises that do not hold
  seloste healthy [--role ROLE]                   exit with 0 if the role answers on this machine (for probes)

Installation
  seloste setup [--from FILE] [--show]            ask for settings, show what will be done, write them, make the database, check
  seloste create-database [--print]               make the database in this machine's PostgreSQL, and let the roles sign in;
                                                  --print prints the statements for another machine's administrator
  seloste prepare [--passwords DIR] [--wait SECONDS]
                                                  prepare an existing PostgreSQL for roles on separate machines
  seloste upgrade --check [--json]                print what an upgrade to this version would change, and what prevents it
  seloste upgrade-database [--binaries DIR]       upgrade the embedded database to this release's PostgreSQL
  seloste nodes list [--json] | forget --node NAME
                                                  list the capture nodes; remove one that will not return
  seloste move --to FILE [--give-up]              move database, object store or both to the settings in FILE without
                                                  interrupting calls; --give-up undoes an interrupted move
  seloste move --destroy-old                      destroy what a completed move left here

People and rights
  seloste people first                            print one-time links for the first people of a new installation
  seloste people add --user-id ID --name NAME [--unit UNIT] [--phone NUMBER]
                                                  add a person; print a one-time link to set the first password
  seloste people link --user-id ID                print a one-time link to reset a password
  seloste people remove-factors --user-id ID      remove the second factors of a person who has lost them
  seloste people confirm-external-id --user-id ID --external-id ID
                                                  let the identity provider sign the person in by that id
  seloste rights list | show --user-id ID         print who may view what, and the decision each right rests on
  seloste scim-token add --name NAME              create a token for the identity system (SCIM)
  seloste scim-token list | revoke --name NAME    list the tokens; revoke one
  seloste description show [--version N]          print the register description in force, or another version
  seloste description versions | check FILE       list the versions and their changes; validate a file
  seloste description new FILE [--from ANSWERS]   make the first description by asking ten questions, or from a file of answers

Audit log and recordings
  seloste audit verify [--export DIR --key FILE] [--checkpoint FILE] [--witness-key FILE] [--json]
                                                  verify the audit log of a running Seloste, or an export of it
  seloste audit export --to DIR                   export the audit log to files; add new entries to an export
  seloste audit key                               print the key that verifies the audit log
  seloste audit resume [--reason TEXT]            show what is broken in the log; with --reason, accept it and resume
  seloste witness --listen HOST:PORT --state DIR --key KEY [--origin ORIGIN] [--name NAME]
                                                  cosign the audit log of a Seloste on another machine
  seloste recordings verify [--sample N] [--json]
                                                  verify that stored recordings can be decrypted and destroyed ones cannot
  seloste recordings bring-back --from PLACE [--backup ID]
                                                  restore missing or damaged recordings from a backup place
  seloste import --from FOLDER --map FILE [--dry-run] [--report FILE]
                                                  import the recordings of an earlier recorder; --dry-run prints
                                                  what would be imported
  seloste import --from FOLDER --map FILE --destroy-old
                                                  verify the recordings, then destroy the files that are in the register
                                                  or too old for it

Backups
  seloste backup key --to FILE                    create the recovery key; store its private half in a safe
  seloste backup [--to NAME] [--due] [--json]     back up to the places of SELOSTE_BACKUPS, and read the backup back
  seloste backup list                             list the backups in each place
  seloste restore --from DIR --identity FILE [--backup ID] [--ledger DIR] [--checkpoint FILE] [--anchor N]
                                                  restore a register from a backup, and destroy again what was
                                                  destroyed after it

Other systems
  seloste webhooks list [--json] | retry [--target NAME]
                                                  list undelivered webhooks; retry those given up
  seloste feeds allow --feed NAME --from DAY      accept calls since DAY from a feed, for two days
  seloste recogniser whisper --program PATH --model PATH [--threads N] [--folder DIR]
                                                  print the entry of whisper.cpp for the file of SELOSTE_ENGINES
  seloste recogniser try FILE [--language LANGUAGE] [--text FILE]
                                                  run the recogniser on an audio file of your own, and print the words;
                                                  with the text that was said, how many are wrong

  seloste --version

Settings: SELOSTE_DATA, SELOSTE_HTTP, SELOSTE_SIP, SELOSTE_RTP, DATABASE_URL and more (docs/operate/settings.md)`

async function main(): Promise<void> {
  printWithoutEscapes()
  // Before any of the libraries is loaded; the imports above load none of them.
  useBundledLibraries()
  const [command, ...rest] = process.argv.slice(2)
  const settings = () => readSettings(process.env, process.cwd())
  if (command !== undefined && rest.includes('--help')) {
    console.log(usageOf(command))
    return
  }
  switch (command) {
    case 'start': {
      const { values } = parseArgs({ args: rest, options: { role: { type: 'string' } } })
      if (values.role === undefined) return (await import('./start.ts')).startAll(settings())
      if (!isRole(values.role)) return refuseRole(values.role)
      return startRole(values.role, settings())
    }
    case 'demo': {
      const { values } = parseArgs({
        args: rest,
        options: {
          'no-calls': { type: 'boolean' },
          'no-history': { type: 'boolean' },
          'history-days': { type: 'string' },
          'calls-every': { type: 'string' },
        },
      })
      const { runDemo } = await import('./demo/run-demo.ts')
      return runDemo(settings(), {
        calls: values['no-calls'] !== true,
        history: values['no-history'] !== true,
        historyDays: positive('--history-days', values['history-days'] ?? '31'),
        secondsBetweenCalls: positive('--calls-every', values['calls-every'] ?? '12'),
      })
    }
    case 'setup': {
      const { setup } = await import('./setup/setup.ts')
      return setup(rest)
    }
    case 'create-database': {
      const { createDatabase } = await import('./create-database/create-database.ts')
      return createDatabase(settings, rest)
    }
    case 'prepare': {
      const { prepare } = await import('./prepare.ts')
      return prepare(settings(), rest)
    }
    case 'simulate': {
      const { values } = parseArgs({
        args: rest,
        options: { 'calls-per-minute': { type: 'string' }, seed: { type: 'string' }, to: { type: 'string' } },
      })
      const { simulate, simulateOne } = await import('./simulate.ts')
      if (values.to !== undefined) return simulateOne(settings(), values.to)
      return simulate(settings(), {
        callsPerMinute: positive('--calls-per-minute', values['calls-per-minute'] ?? '6'),
        seed: positive('--seed', values.seed ?? '1'),
      })
    }
    case 'people': {
      const { people } = await import('./people.ts')
      return people(settings(), rest)
    }
    case 'rights': {
      const { rights } = await import('./rights.ts')
      return rights(settings(), rest)
    }
    case 'description': {
      const { description } = await import('./description/description.ts')
      return description(settings(), rest)
    }
    case 'scim-token': {
      const { scimToken } = await import('./scim-token.ts')
      return scimToken(settings(), rest)
    }
    case 'audit': {
      const { audit } = await import('./audit.ts')
      return audit(settings(), rest)
    }
    case 'recordings': {
      const { recordings } = await import('./recordings.ts')
      return recordings(settings(), rest)
    }
    case 'import': {
      const { importRecordings } = await import('./import.ts')
      return importRecordings(settings(), rest)
    }
    case 'backup': {
      const { backup } = await import('./backup.ts')
      return backup(settings(), rest)
    }
    case 'restore': {
      const { restore } = await import('./restore.ts')
      return restore(settings(), rest)
    }
    case 'move': {
      const { move } = await import('./move.ts')
      return move(settings(), rest)
    }
    case 'upgrade': {
      const { upgrade } = await import('./upgrade.ts')
      return upgrade(settings, rest)
    }
    case 'upgrade-database': {
      const { upgradeDatabase } = await import('./upgrade-database.ts')
      return upgradeDatabase(settings(), rest)
    }
    case 'witness': {
      const { witness } = await import('./witness.ts')
      return witness(rest)
    }
    case 'webhooks': {
      const { webhooks } = await import('./webhooks.ts')
      return webhooks(settings(), rest)
    }
    case 'nodes': {
      const { nodes } = await import('./nodes.ts')
      return nodes(settings(), rest)
    }
    case 'feeds': {
      const { feeds } = await import('./feeds.ts')
      return feeds(settings(), rest)
    }
    case 'recogniser': {
      const { recogniser } = await import('./recogniser/recogniser.ts')
      return recogniser(settings, rest)
    }
    case 'drain': {
      const { values } = parseArgs({ args: rest, options: { wait: { type: 'string' }, cancel: { type: 'boolean' } } })
      const { drain } = await import('./drain.ts')
      return drain(settings(), {
        waitSeconds: values.wait === undefined ? undefined : positive('--wait', values.wait),
        isCancelled: values.cancel === true,
      })
    }
    case 'doctor': {
      const { values } = parseArgs({ args: rest, options: { json: { type: 'boolean' } } })
      const { doctor } = await import('./doctor.ts')
      return doctor(settings, values.json === true)
    }
    case 'status': {
      const { values } = parseArgs({ args: rest, options: { json: { type: 'boolean' } } })
      const { status } = await import('./status.ts')
      return status(settings(), values.json === true)
    }
    case 'healthy': {
      const { values } = parseArgs({ args: rest, options: { role: { type: 'string' } } })
      if (values.role !== undefined && !isRole(values.role)) return refuseRole(values.role)
      const { healthy } = await import('./healthy.ts')
      return healthy(settings(), values.role)
    }
    case '--version':
      console.log(`Seloste ${version}`)
      return
    case undefined:
    case 'help':
    case '--help':
      console.log(usage)
      return
    default:
      return refuse(`unknown command "${command}"\n\n${usage}`)
  }
}

/** Runs one role. Capture first opens the ports of live calls, because loading the rest of the program takes most of a second. */
async function startRole(role: RoleName, settings: Settings): Promise<void> {
  if (process.env['SELOSTE_SPARE'] === '1' && process.connected) {
    await waitForActivation(role, () =>
      Promise.all([import('./start-one.ts'), import('../roles/run-role.ts').then(({ load }) => load(role))]),
    )
  }
  const savedCalls = role === 'capture' ? await restoreSavedCalls(settings) : undefined
  const { startOne } = await import('./start-one.ts')
  const { makeLog } = await import('#platform/log/log.ts')
  return startOne(role, settings, makeLog({ name: role }), savedCalls)
}

/** Returns the lines of the usage text about a command, or the whole text if there is no such command. */
function usageOf(command: string): string {
  const forms = usage.split(/\n(?= {2}seloste )/).filter((form) => /^ {2}seloste (\S+)/.exec(form)?.[1] === command)
  return forms.length === 0 ? usage : forms.map((form) => form.split('\n\n')[0]).join('\n')
}

function refuseRole(name: string): void {
  refuse(`--role is "${name}"; it can be ${roleNames.join(', ')}`)
}

function isRole(name: string): name is RoleName {
  return (roleNames as readonly string[]).includes(name)
}

function positive(option: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Fault('argument-wrong', `${option} is "${text}"; it must be a number above 0`)
  return number
}

function refuse(line: string): void {
  console.error(`seloste: ${line}`)
  process.exitCode = 2
}

/** Codes of faults whose message includes the remedy. */
const selfExplaining = new Set(['argument-wrong', 'setting-wrong', 'config-file-wrong', 'not-found', 'role-failed'])

main().catch((error: unknown) => {
  const known = error instanceof Fault || (error instanceof TypeError && 'code' in error)
  console.error(known ? `seloste: ${(error as Error).message}` : errorText(error))
  const remedy = selfExplaining.has((error as { code?: string }).code ?? '') ? undefined : remedyOf(error)
  if (remedy !== undefined) console.error(`  what to do: ${remedy}`)
  process.exitCode = process.exitCode || 1
})
