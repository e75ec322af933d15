/** The command line: parses arguments and runs a command, or prints one line about the error. */
import { parseArgs } from 'node:util'
import { restoreSavedCalls } from '#capture/session/recovery/saved-calls.ts'
import { readSettings, type Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { remedyOf } from '#platform/fault-remedies.ts'
import { errorText } from '#platform/log/describe-error.ts'
import { roleNames, type RoleName } from '../roles/role.ts'
import { untilNeeded } from '../supervisor/spare-process.ts'
import { useJoinedLibraries } from './joined-libraries.ts'
import { version } from './version.ts'

const usage = `Seloste ${version}

  seloste start [--role ROLE]                     run everything, or one role of it: custodian, capture, desk, feeds
  seloste demo [--no-calls] [--no-history] [--history-days N] [--calls-every SECONDS]
                                                  everything with demo people, a month of history and calls coming in
  seloste simulate [--calls-per-minute N] [--seed N]
                                                  call a running Seloste
  seloste prepare [--passwords DIR]               make a PostgreSQL of your own ready for roles that run apart
  seloste people first                            one-time links for the first people of a new installation
  seloste people add --user-id ID --name NAME [--unit UNIT] [--phone NUMBER]
                                                  enter a person; prints a one-time link for the first password
  seloste people link --user-id ID                a one-time link for a new password
  seloste people remove-factors --user-id ID      take the second factors from somebody who has lost them
  seloste rights list | show --user-id ID         who may see what, and by which decision
  seloste scim-token add --name NAME              a token for the identity system that keeps the directory
  seloste scim-token list | revoke --name NAME
  seloste description show [--version N]          the register description in force, or another version, as published
  seloste description versions | check FILE       every version and what it changed; what is wrong with a file
  seloste audit verify [--export DIR --key FILE] [--checkpoint FILE] [--witness-key FILE] [--json]
                                                  whether the audit log is what was signed: an export, or a running Seloste's
  seloste audit export --to DIR                   the audit log as files, or what has come since added to them
  seloste audit key                               the key that the audit log is verified by
  seloste audit resume [--reason TEXT]            what is wrong with a broken log; accept it, so that it goes on
  seloste recordings verify [--sample N] [--json]
                                                  whether every held recording opens, and no destroyed one does
  seloste recordings bring-back --from PLACE [--backup ID]
                                                  the objects of those that do not open, out of a place of backups
  seloste backup key --to FILE                    make the recovery key: its private half, for a safe
  seloste backup [--to NAME] [--due] [--json]     back everything up to the places of SELOSTE_BACKUPS, and read it back
  seloste backup list                             the backups in each place
  seloste restore --from DIR --identity FILE [--backup ID] [--ledger DIR] [--checkpoint FILE] [--anchor N]
                                                  a register out of a backup, without what was destroyed since
  seloste move --to FILE                          database, store or both to where the settings in FILE say, while calls go on
  seloste move --to FILE --give-up                empty again what a move that was cut short has put there
  seloste move --destroy-old                      destroy what a move has left here
  seloste upgrade-database [--binaries DIR]       the embedded database, made by an earlier PostgreSQL, into one of now
  seloste witness --listen HOST:PORT --state DIR --key KEY [--origin ORIGIN] [--name NAME]
                                                  cosign the audit log of a Seloste on another machine
  seloste webhooks list [--json] | retry [--target NAME]
                                                  what waits to be told to other systems; tell again what was given up
  seloste nodes list [--json] | forget --node NAME
                                                  the captures of this register; one that does not come back
  seloste feeds allow --feed NAME --from DAY      for two days the feed may tell of calls from that day on
  seloste drain [--wait SECONDS] [--cancel]       take no new session; capture ends when the last that goes on is sealed
  seloste doctor [--json]                         what is wrong with settings and machine, each with what to do
  seloste status [--json]                         whether the parts of a running Seloste answer, and its promises hold
  seloste healthy [--role ROLE]                   exit code 0 where the role answers on this machine, for probes
  seloste --version

Settings: SELOSTE_DATA, SELOSTE_HTTP, SELOSTE_SIP, SELOSTE_RTP, DATABASE_URL and more (README.md)`

async function main(): Promise<void> {
  // Before any of them is loaded; the imports above need none.
  useJoinedLibraries()
  const [command, ...rest] = process.argv.slice(2)
  const settings = () => readSettings(process.env, process.cwd())
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
    case 'prepare': {
      const { prepare } = await import('./prepare.ts')
      return prepare(settings(), rest)
    }
    case 'simulate': {
      const { values } = parseArgs({
        args: rest,
        options: { 'calls-per-minute': { type: 'string' }, seed: { type: 'string' } },
      })
      const { simulate } = await import('./simulate.ts')
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
      const { description } = await import('./description.ts')
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
      return refuse(`there is no command "${command}"\n\n${usage}`)
  }
}

/** Opens the ports of live calls first: loading the rest takes most of a second. */
async function startRole(role: RoleName, settings: Settings): Promise<void> {
  if (process.env['SELOSTE_SPARE'] === '1' && process.connected) {
    await untilNeeded(role, () =>
      Promise.all([import('./start-one.ts'), import('../roles/run-role.ts').then(({ load }) => load(role))]),
    )
  }
  const held = role === 'capture' ? await restoreSavedCalls(settings) : undefined
  const { startOne } = await import('./start-one.ts')
  const { makeLog } = await import('#platform/log/log.ts')
  return startOne(role, settings, makeLog({ name: role }), held)
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

/** Their messages include the remedy. */
const saysItself = new Set(['argument-wrong', 'setting-wrong', 'config-file-wrong', 'not-found', 'role-failed'])

main().catch((error: unknown) => {
  const known = error instanceof Fault || (error instanceof TypeError && 'code' in error)
  console.error(known ? `seloste: ${(error as Error).message}` : errorText(error))
  const remedy = saysItself.has((error as { code?: string }).code ?? '') ? undefined : remedyOf(error)
  if (remedy !== undefined) console.error(`  what to do: ${remedy}`)
  process.exitCode = process.exitCode || 1
})
