import { X509Certificate, createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readFeeds } from '#capture/feeds/feeds-file.ts'
import { readTrunks } from '#capture/session/reading/trunks.ts'
import { parseDescription } from '#description/read-description.ts'
import type { Settings } from '#platform/config/settings.ts'
import { readWebhooks } from '#use/webhooks/webhooks-file.ts'
import { faultsOfEngines } from '../../custodian/voice-engines.ts'
import { whereModelsAre } from '../recogniser/whisper-model.ts'
import { error, lineOf, ok, warning, type Finding } from './finding.ts'

const expiryWarningDays = 30

/** Checks the contents of files named in settings. */
export async function checkFiles(settings: Settings, now: Temporal.Instant): Promise<Finding[]> {
  const { descriptionFile, trunksFile, feedsFile, enginesFile, integrations, sipSecurity, splitRoles } = settings
  return [
    ...(descriptionFile === undefined ? [] : [await checkDescription(descriptionFile)]),
    ...(await checkFile('SELOSTE_TRUNKS', trunksFile, (path) => void readTrunks(path))),
    ...(await checkFile('SELOSTE_FEEDS', feedsFile, (path) => void readFeeds(path))),
    ...(await checkFile('SELOSTE_WEBHOOKS', integrations.webhooksFile, async (path) => {
      readWebhooks(await readFile(path, 'utf8'), path)
    })),
    ...(enginesFile === undefined ? [] : await checkEngines(enginesFile)),
    ...(sipSecurity.sipsFiles ? await checkCertificate('certificate.sips', sipSecurity.sipsFiles, now) : []),
    ...(splitRoles.linkFiles
      ? await checkCertificate(
          'certificate.link',
          { ...splitRoles.linkFiles, clients: splitRoles.linkFiles.authorities },
          now,
        )
      : []),
  ]
}

async function checkFile(
  setting: string,
  path: string | undefined,
  inspect: (path: string) => void | Promise<void>,
): Promise<Finding[]> {
  if (path === undefined) return []
  try {
    await inspect(path)
    return [ok(`file.${setting}`, `${path} can be read`)]
  } catch (thrown) {
    return [error(`file.${setting}`, lineOf(thrown), 'correct the entry named in the message')]
  }
}

/** Checks the agency's engines as this user; the custodian's log reports what the custodian's own systemd unit allows. */
export async function checkEngines(path: string): Promise<Finding[]> {
  const faults = await faultsOfEngines(path)
  if (faults.length === 0) return [ok('engines', `${path}: each program can be isolated from network and files`)]
  return faults.map((line) => warning('engines', line, remedyOfEngine(line)))
}

/** Names the models that exist if a recogniser's is missing, and the command that makes an entry anew if a file changed. */
function remedyOfEngine(line: string): string {
  if (/^program-missing: Whisper .*\.bin /.test(line)) return `bring the model back, or another: ${whereModelsAre}`
  if (/^program-changed: Whisper /.test(line))
    return 'if it was changed on purpose, or by an upgrade of Seloste, print the entry anew: "seloste recogniser whisper"'
  return 'see docs/formats/voice-process.md and docs/operate/install.md'
}

async function checkDescription(path: string): Promise<Finding> {
  const check = 'description'
  const text = await readFile(path, 'utf8').catch(lineOf)
  const parsed = parseDescription(text)
  if (parsed.ok) return ok(check, `${path} is valid`)
  const [first] = parsed.problems
  const says = `${path} has ${parsed.problems.length} problems; line ${first?.line}: ${first?.message.en}`
  return error(check, says, `"seloste description check ${path}" lists all of them, with what to do`)
}

/** Checks our certificate with its key, and those of the trusted authorities. */
export async function checkCertificate(
  check: string,
  files: { certificate: string; key: string; clients: string },
  now: Temporal.Instant,
): Promise<Finding[]> {
  try {
    const certificate = new X509Certificate(await readFile(files.certificate))
    const key = createPrivateKey(await readFile(files.key))
    if (!certificate.checkPrivateKey(key)) {
      return [
        error(
          check,
          `${files.key} does not match ${files.certificate}`,
          'use a certificate and key that were issued together',
        ),
      ]
    }
    const authorities = (await readFile(files.clients, 'utf8')).match(
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g,
    )
    if (!authorities)
      return [
        error(
          check,
          `${files.clients} has no certificate`,
          'put the certificates of your clients’ authorities into it (PEM)',
        ),
      ]
    return [
      judgeExpiry(check, files.certificate, certificate, now),
      ...authorities.map((pem, at) =>
        judgeExpiry(`${check}.authority.${at + 1}`, files.clients, new X509Certificate(pem), now),
      ),
    ]
  } catch (thrown) {
    return [error(check, lineOf(thrown), 'use PEM files that this user may read')]
  }
}

function judgeExpiry(check: string, path: string, certificate: X509Certificate, now: Temporal.Instant): Finding {
  const day = 86_400_000
  const [from, to] = [certificate.validFromDate, certificate.validToDate].map((date) => date.getTime())
  const left = Math.floor((to! - now.epochMilliseconds) / day)
  if (from! > now.epochMilliseconds) return error(check, `${path} is not valid yet`, 'check the clock, or wait')
  if (left < 0) return error(check, `${path} expired ${-left} days ago`, 'renew it; it is reread automatically')
  const says = `${path} expires in ${left} days`
  return left < expiryWarningDays ? warning(check, says, 'renew it; it is reread automatically') : ok(check, says)
}
