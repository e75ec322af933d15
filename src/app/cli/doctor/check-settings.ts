import { readConfigFile } from '#platform/config/config-file.ts'
import type { Settings } from '#platform/config/settings.ts'
import { settingNames } from '#platform/config/settings-table.ts'
import { ok, warning, type Finding } from './finding.ts'

/** Environment variables that only the program itself or tests set. */
const ownNames = /^SELOSTE_(?:ROLE_DATABASE_URL|SPARE|DRAINING|LONG|TRACE|CHROMIUM|BENCH_\w+|TEST_\w+)$/

/** Lists which settings are set and where, without values; an unknown name is probably misspelt. */
export function checkSettings({ configFile }: Pick<Settings, 'configFile'>, environment: NodeJS.ProcessEnv): Finding[] {
  const inEnvironment = settingNames.filter((name) => environment[name])
  const inFile = [...((configFile !== undefined && readConfigFile(configFile, settingNames)) || []).keys()]
  const places = [
    ...(inEnvironment.length > 0 ? [`${inEnvironment.join(', ')} in the environment`] : []),
    ...(inFile.length > 0 ? [`${inFile.join(', ')} in ${configFile}`] : []),
  ]
  const unknown = Object.keys(environment).filter(
    (name) =>
      name.startsWith('SELOSTE_') && !(settingNames as readonly string[]).includes(name) && !ownNames.test(name),
  )
  return [
    ok('settings', places.length === 0 ? 'nothing is set: the defaults apply' : `set are ${places.join('; ')}`),
    ...(unknown.length === 0
      ? []
      : [
          warning(
            'settings.unknown',
            `${unknown.join(', ')} in the environment: unknown settings`,
            `correct the spelling; the settings are ${settingNames.join(', ')}`,
          ),
        ]),
  ]
}
