import { join } from 'node:path'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { stalledJobs } from '#platform/jobs/job-runs.ts'
import { expectedProtections } from '#platform/database/protections.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { foldersOfEmbedded } from '#platform/database/embedded.ts'
import { watchedStore } from '#platform/objects/watched-store.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { serveMetrics } from '#platform/metrics/share-metrics.ts'
import { openTraces } from '#platform/traces/traces.ts'
import { type IngestContext } from '#register/recordings/ingest-recording.ts'
import type { Settings } from '#platform/config/settings.ts'
import type { RegisterTables } from '#register/tables.ts'
import { readLogKey } from '#safeguards/audit/log-key.ts'
import { openLogFolder } from '#safeguards/audit/log-folder.ts'
import { createSecondFactors } from '#safeguards/sign-in/second-factor.ts'
import { readSignInKeys } from '#safeguards/sign-in/sign-in-key.ts'
import { assertSameStore } from '#safeguards/keys/assert-same-store.ts'
import { openKeyStore } from '#safeguards/keys/open-key-store.ts'
import { watchedKeys } from '#safeguards/keys/watched-keys.ts'
import { refuseMovedObjects } from '#safeguards/moving/move-objects.ts'
import { createAudioServer } from '#use/playback/serve-audio.ts'
import { measureBlockers } from '../roles/blocker-metrics.ts'
import { serveCustodianLink } from './custodian-link.ts'
import { createDeskHandler, serveCustodian } from './custodian-server.ts'
import { absentName, measureCustodian } from './custodian-metrics.ts'
import { readDrawKey } from '../roles/draw-key.ts'
import { endBlockingSessions } from './end-blocking-sessions.ts'
import { followVersions } from '../roles/follow-versions.ts'
import { logKeyHandler } from './log-key-handler.ts'
import { holdCustodianLock } from './custodian-lock.ts'
import { startJobs } from './jobs.ts'
import { startAnonymisedCopies } from './jobs/anonymised-copies.ts'
import { startCopies } from './jobs/copies.ts'
import { startPackages } from './jobs/packages.ts'
import { startLedger } from './jobs/ledger.ts'
import { startDestructions } from './jobs/destructions.ts'
import { startAuditLog } from './jobs/audit-log.ts'
import { startObjectStoreChecks } from './jobs/object-store.ts'
import { startPlaces } from './jobs/places.ts'
import { startPromiseChecks } from './jobs/promise-checks.ts'
import { startRetention } from './jobs/retention.ts'
import { startRecordingVerification } from './jobs/recording-verification.ts'
import { startAlarms } from './jobs/alarms.ts'
import { startWebhooks } from './jobs/webhooks.ts'
import { applyVersion } from './jobs/apply-version.ts'
import { openObjects } from '../roles/open-objects.ts'
import { askingOf } from '#use/requests/offered-requests.ts'
import { homeHandlers } from './home-handlers.ts'
import { signInHandlers } from './sign-in-handlers.ts'
import { secondFactorHandlers } from './second-factor-handlers.ts'
import { reportVersions } from '../roles/report-versions.ts'
import type { Role } from '../roles/role.ts'
import { socketPath } from '../roles/sockets.ts'
import { reportTrims } from './jobs/report-trims.ts'
import { reportBacklog } from './jobs/report-backlog.ts'
import { watchBlockers } from '../roles/watch-blockers.ts'
import { ingestRecordings } from './ingest/ingest-recordings.ts'
import { createDryRunner } from './dry-run-draft.ts'
import { verifyLogOnDemand } from './verify-log.ts'

/**
 * The custodian role: holds the keys, ingests recordings, serves ranges to the desk, destroys what is due, and checks the
 * description's promises.
 */
export const runCustodian: Role = async ({ settings, log, databaseUrl, version }) => {
  const lock = await holdCustodianLock({
    databaseUrl,
    onElsewhere: (error) => {
      log.fatal({ err: error }, 'another custodian has taken over; this one exits')
      process.exit(1)
    },
  })
  const metrics = startMetrics('custodian')
  const clock = systemClock
  // Read at the start, because later changes of the file are not trusted.
  const protections = await expectedProtections()
  const blockers = createBlockers({ now: () => clock.now(), log })
  measureBlockers(metrics.registry, blockers)
  const metricsSocket = await serveMetrics(metrics.registry, socketPath(settings, 'metrics-custodian'), blockers)
  const { pool, db, close } = connectDatabase<RegisterTables>({
    url: databaseUrl,
    applicationName: 'seloste-custodian',
    // Each periodic job needs two connections (one holds its lock); all jobs start together.
    size: 40,
    maxIdle: 4,
    blockers,
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection was lost')
    },
  })
  const endingBlockingSessions = endBlockingSessions({ databaseUrl, log, registry: metrics.registry })
  const objects = watchedStore(await openObjects(settings), blockers)
  await refuseMovedObjects(objects)
  const objectStoreChecks = await startObjectStoreChecks({ objects, log })
  const keys = watchedKeys(await openKeyStore(settings), blockers)
  await assertSameStore(db, keys)
  const versions = await followVersions({
    db,
    databaseUrl,
    onFault: (error) => {
      log.error({ err: error }, 'cannot read the register description; using the one read before')
    },
  })
  // Nothing is ingested until the places of data are known to be allowed (R19).
  const placesJob = await startPlaces({ db, pool, keys, settings, versions, clock, log })
  const reporting = reportVersions({
    db,
    versions,
    clock,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot report which version of the register description is in use')
    },
  })
  const auditLog = startAuditLog({
    db,
    pool,
    keys,
    folder: await openLogFolder(join(settings.dataDirectory, 'audit-log')),
    versions,
    clock,
    log,
    registry: metrics.registry,
    witnesses: placesJob.witnesses,
  })
  const ledger = startLedger({
    db,
    pool,
    keys,
    folder: await openLogFolder(join(settings.dataDirectory, 'ledger')),
    log,
    registry: metrics.registry,
    witnesses: placesJob.witnesses,
  })
  measureCustodian(metrics.registry, { db, keys, clock })

  const context: IngestContext = {
    db,
    objects,
    keys,
    workFolder: join(settings.dataDirectory, 'custodian'),
    onCut: reportTrims(metrics.registry, log),
  }
  const traces = openTraces({
    ...{ endpoint: settings.integrations.traces?.endpoint, service: 'seloste-custodian', version },
    onFault: (error) => {
      log.error({ err: error }, 'tracing is off: its libraries could not be loaded')
    },
  })
  const ingesting = ingestRecordings({ context, pool, databaseUrl, traces, clock, log })
  const inDataFolder = (...path: string[]) => ({
    kind: 'folder' as const,
    folder: join(settings.dataDirectory, ...path),
  })
  const drawKey = await readDrawKey(settings)
  const expunging = { db, objects, keys, copies: placesJob.places, workFolder: context.workFolder }
  // Before the first sweep, so that a clock that jumped is detected before anything is destroyed.
  const destructions = await startDestructions({
    ...{ expunging, pool, databaseUrl, versions, clock, log },
    onClockConfirmed: () => retention.sweepNow(),
  })
  const retention = startRetention({
    expunging,
    pool,
    clock,
    log,
    onSwept: () => promiseChecks.swept(),
  })
  const { promise: jobsBegun, resolve: onJobsBegun } = Promise.withResolvers<void>()
  const promiseChecks = startPromiseChecks({
    pool,
    db,
    objects,
    keys,
    places: [
      { name: 'data', at: inDataFolder(), site: settings.sites.data },
      { name: 'objects', at: settings.objects, site: settings.sites.objects },
      { name: 'keys', at: inDataFolder('keys'), site: settings.sites.keys },
      { name: 'database', at: inDataFolder(), site: settings.sites.database },
    ],
    drawKey,
    administrators: settings.databaseAdministrators,
    versions,
    clock,
    log,
    // Proofs are signed with the log's key, which a new log gets at its first check. Calls admitted before the last stop are counted
    // first.
    firstSweep: Promise.all([retention.swept, auditLog.firstCheck, jobsBegun]).then(() => undefined),
    intervalMs: settings.checkMs,
    lastVerification: () => logVerification.last(),
  })
  const logVerification = verifyLogOnDemand({
    db,
    pool,
    task: {
      databaseUrl,
      folder: join(settings.dataDirectory, 'audit-log'),
      witnessKeys: settings.witnesses.map(({ key }) => key),
      protections,
    },
    readKey: () => readLogKey(keys),
    ready: auditLog.firstCheck,
    log,
    registry: metrics.registry,
    onEnded: () => promiseChecks.logVerified(),
  })
  const recordingVerification = startRecordingVerification({
    proving: { db, objects, keys },
    backups: settings.backups,
    pool,
    clock,
    log,
    registry: metrics.registry,
  })
  const backlog = reportBacklog({ db, pool, log, blockers, registry: metrics.registry })
  const watchingBlockers = watchBlockers({
    blockers,
    volumes: await volumesOf(settings),
    probes: [() => keys.has(absentName), () => objects.sizeBytes(absentName)],
    oldestWaiting: () => ingesting.oldest(),
    stalledJobs,
  })
  const alarms = startAlarms({ db, pool, versions, clock, log, blockers, registry: metrics.registry })
  const { webhooksFile } = settings.integrations
  const webhooks = await startWebhooks({
    ...{ db, pool, clock, log, webhooksFile },
    registry: metrics.registry,
    publicUrl: settings.publicUrl,
  })
  const applyingVersion = applyVersion({ pool, db, versions, clock, log, onShortened: retention.sweepNow })
  const secondFactors = createSecondFactors(db, await readSignInKeys(keys), () => clock.now())
  const jobs = await startJobs({ pool, db, keys, versions, clock, log, checkMs: settings.checkMs })
  onJobsBegun()
  const copies = await startCopies({ store: context, pool, versions, clock, log })
  const packages = await startPackages({ store: context, pool, versions, clock, log })
  const anonymised = await startAnonymisedCopies(
    { store: context, pool, versions, clock, log },
    { enginesFile: settings.enginesFile },
  )
  const answers = {
    ...createAudioServer(db, objects, keys),
    blockers: () => blockers.list(),
    tryDraft: createDryRunner(db, clock),
    playCopy: anonymised.playbacks.audio,
    jsonHandlers: {
      ...logKeyHandler(keys),
      ...secondFactorHandlers(secondFactors),
      ...copies.jsonHandlers,
      ...packages.jsonHandlers,
      ...anonymised.jsonHandlers,
      ...(await signInHandlers({ settings, db, now: () => clock.now(), log, secondFactors })),
      ...(await homeHandlers({
        ...{ settings, db, log, now: () => clock.now() },
        isOffered: () => askingOf(versions.at(clock.now()).description) === 'identified',
      })),
    },
  }
  const answerDesk = createDeskHandler(answers, (error) => {
    log.error({ err: error }, 'a request from the desk failed')
  })
  const socketServer = await serveCustodian(socketPath(settings, 'custodian'), answerDesk)
  const tlsServer = await serveCustodianLink(settings.splitRoles, answerDesk, { now: () => clock.now(), log })

  // The desk starts after the custodian, so nobody can view anything until the log is checked.
  await auditLog.firstCheck
  return {
    address: [socketPath(settings, 'custodian'), ...(tlsServer ? [tlsServer.address] : [])].join(', '),
    async stop() {
      objectStoreChecks.stop()
      watchingBlockers.stop()
      await socketServer.stop()
      await tlsServer?.stop()
      await metricsSocket.stop()
      metrics.stop()
      await Promise.all([
        ingesting.stop(),
        retention.stop(),
        destructions.stop(),
        copies.stop(),
        packages.stop(),
        anonymised.stop(),
        applyingVersion.stop(),
        alarms.stop(),
        webhooks.stop(),
        backlog.stop(),
        recordingVerification.stop(),
        promiseChecks.stop(),
        placesJob.stop(),
      ])
      await jobs.stop()
      await traces.stop()
      await logVerification.stop()
      await ledger.stop()
      await auditLog.stop()
      await reporting.stop()
      await versions.stop()
      await endingBlockingSessions.stop()
      await close()
      await lock.stop()
    },
  }
}

/** Returns the custodian's folders on this machine by their content, to measure free space on their volumes. */
async function volumesOf({ dataDirectory, objects, databaseUrl }: Settings): Promise<Record<string, string>> {
  const [database] = databaseUrl === undefined ? await foldersOfEmbedded(join(dataDirectory, 'database')) : []
  return {
    data: dataDirectory,
    ...(objects.kind === 'folder' && { objects: objects.folder }),
    ...(database !== undefined && { database }),
  }
}
