import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAdmission } from '#capture/admission/admission.ts'
import { createPortAllocator } from '#capture/rtp/allocate-ports.ts'
import { createCallFlows } from '#capture/session/seen/call-flows.ts'
import { createClientStatistics } from '#capture/session/seen/client-statistics.ts'
import { openAdmissionReporter } from '#capture/session/register/admission-reporter.ts'
import { admitTo } from '#capture/session/register/admit-facts.ts'
import { saveInterruptedCalls, loadInterruptedCalls } from '#capture/session/recovery/interrupted-calls.ts'
import { createRecorder } from '#capture/session/recorder.ts'
import { savedDialogs, savedSessionsFolder, restoreSavedCalls } from '#capture/session/recovery/saved-calls.ts'
import { openSavedSessions } from '#capture/session/recovery/saved-sessions.ts'
import { isFinal, openSpool } from '#capture/session/recovery/spool.ts'
import { createPreallocatedRecordings } from '#capture/session/media/preallocated-files.ts'
import { removeUnadmitted } from '#capture/session/media/store-recording.ts'
import { recoverAfterCrash } from '#capture/session/recovery/recover-after-crash.ts'
import { traceAdmission, traceCalls } from '#capture/session/seen/trace-calls.ts'
import { isNamedTrunk, readTrunks, trunkNaming } from '#capture/session/reading/trunks.ts'
import { followCertificate } from '#capture/sip/follow-certificate.ts'
import { startSipServer } from '#capture/sip/server.ts'
import { sourcesAmong } from '#capture/sip/source-gate.ts'
import { createBlockers } from '#platform/blockers/blockers.ts'
import { systemClock } from '#platform/clock/clock.ts'
import { formatEndpoint } from '#platform/config/addresses.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import { chooseListening } from '#platform/datagrams/choose-listening.ts'
import { Fault } from '#platform/fault.ts'
import { decodesG729 } from '#platform/g729/decode-frames.ts'
import { decodesGsm } from '#platform/gsm/decode-frames.ts'
import { startMetrics } from '#platform/metrics/metrics.ts'
import { serveMetrics, shareMetrics } from '#platform/metrics/share-metrics.ts'
import { watchedStore } from '#platform/objects/watched-store.ts'
import { switchableStore } from '#platform/objects/switchable-store.ts'
import { lockFolder } from '#platform/processes/lock-folder.ts'
import { openTraces } from '#platform/traces/traces.ts'
import { reportAdmissions } from '#register/capture-nodes.ts'
import { deleteOldCaptureStatistics, recordClient } from '#register/capture-clients.ts'
import { createTailJournal } from '#register/recordings/tail-journal.ts'
import type { RegisterTables } from '#register/tables.ts'
import { answerDecisions } from './answer-decisions.ts'
import { measureAnswers } from './answer-metrics.ts'
import { answerCallFlows } from './call-flow-requests.ts'
import { measureBlockers } from '../roles/blocker-metrics.ts'
import { releaseMemory } from './release-memory.ts'
import { configurationInUse, listenForControl } from './capture-control.ts'
import { measureCapture } from './capture-metrics.ts'
import { drainOnRequest } from './drain-on-request.ts'
import { readDrawKey } from '../roles/draw-key.ts'
import { followConferences } from './follow-conferences.ts'
import { followForbidden } from './follow-forbidden.ts'
import { followDirectory } from '../roles/follow-directory.ts'
import { followQuotas } from '../roles/follow-quotas.ts'
import { followVersions } from '../roles/follow-versions.ts'
import { watchBlockers } from '../roles/watch-blockers.ts'
import { watchPressure } from './watch-pressure.ts'
import { storeClientsSeen } from './store-clients-seen.ts'
import { startNodeHeartbeat, readNodeId } from './node-heartbeat.ts'
import { measureReception } from './reception-metrics.ts'
import { pauseRegisterOnRequest } from './pause-register.ts'
import { mediaAddresses, mediaReachability } from './media-addresses.ts'
import { openObjects } from '../roles/open-objects.ts'
import { reportVersions } from '../roles/report-versions.ts'
import type { Role } from '../roles/role.ts'
import { socketPath } from '../roles/sockets.ts'
import { openIntakeKeyStock } from './intake-key-stock.ts'
import { reportCallActivity } from './report-call-activity.ts'
import { watchOrphanedRecordings } from './watch-orphaned-recordings.ts'

/**
 * The capture role: accepts SIPREC sessions and writes sealed recordings with public keys only. Never waits for the database.
 */
export const runCapture: Role = async ({ settings, log, databaseUrl, version, savedCalls }) => {
  const clock = systemClock
  const folder = join(settings.dataDirectory, 'capture')
  const calls = savedCalls ?? (await restoreSavedCalls(settings))
  // Exclusive: a second capture on the same spool would treat these calls as left by a crash and destroy their recordings.
  const lock = lockFolder(folder)
  if (lock.kind === 'in-use') {
    calls.ports.closeRest()
    throw new Fault(
      'spool-in-use',
      `Another capture, with process id ${lock.pid}, records into ${folder}: stop that one first, or give this one a SELOSTE_DATA of its own.`,
    )
  }
  const blockers = createBlockers({ now: () => clock.now(), log })
  const trunks = readTrunks(settings.trunksFile)
  const trunking = trunkNaming(trunks, settings.sipSecurity.sipSources)
  const { db, close } = connectDatabase<RegisterTables>({
    url: databaseUrl,
    applicationName: 'seloste-capture',
    size: 10,
    maxIdle: 2,
    blockers,
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection was lost')
    },
  })
  const recordingsFolder = join(folder, 'recordings')
  const interruptedPath = join(folder, 'interrupted.json')
  await mkdir(recordingsFolder, { recursive: true, mode: 0o700 })
  const openStore = async (now: typeof settings) => watchedStore(await openObjects(now), blockers)
  const objects = switchableStore(await openStore(settings))
  const registerPause = pauseRegisterOnRequest(databaseUrl, objects, openStore)
  const nodeId = await readNodeId(folder)
  const drawKey = await readDrawKey(settings)
  const versions = await followVersions({
    db,
    databaseUrl,
    copyPath: join(folder, 'versions.json'),
    onFault: (error) => {
      log.warn({ err: error }, 'cannot read the register description; using the versions read before')
    },
  })
  const reporting = reportVersions({
    db,
    versions,
    clock,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot report which version of the register description is in use')
    },
  })
  const directory = await followDirectory(db, databaseUrl, join(folder, 'known.json'), (error) => {
    log.warn({ err: error }, 'cannot read the directory; using the copy read before')
  })
  const nowMs = () => clock.now().epochMilliseconds
  const traces = openTraces({
    ...{ endpoint: settings.integrations.traces?.endpoint, service: 'seloste-capture', version },
    onFault: (error) => {
      log.error({ err: error }, 'tracing is off: its libraries could not be loaded')
    },
  })
  const traceCall = traceCalls(traces, nowMs)
  const account = await openAdmissionReporter({
    directory: join(folder, 'admitted'),
    now: () => clock.now(),
    report: (some) => reportAdmissions(db, nodeId, some),
    onFault: (error) => {
      log.warn({ err: error }, 'cannot record or report the calls registered by this node; retrying in a minute')
    },
  })
  const admit = traceAdmission(traces, nowMs, admitTo(db, nodeId))
  let quotas: Awaited<ReturnType<typeof followQuotas>> | undefined
  const spool = await openSpool({
    directory: join(folder, 'calls'),
    async admit(facts) {
      const admission = await admit(facts)
      const isEntered = admission.verdict === 'entered'
      if (isEntered && isFinal(facts)) account.record(facts)
      quotas?.admitted(facts, isEntered)
      return admission
    },
    onStops({ recording, endedAt }) {
      if (recording && !endedAt) void recorder.forbid(recording.id, true)
    },
    async onReported({ recording }) {
      if (recording) await removeUnadmitted(recording.id, recordingsFolder, objects)
    },
    onFault: (error, facts) => {
      if (facts) log.warn({ err: error, segment: facts.segmentId }, 'cannot register a call; retrying')
      else log.warn({ err: error }, 'cannot switch to a new spool file; retrying')
    },
  })
  const savedSessions = await openSavedSessions({
    directory: savedSessionsFolder(settings),
    known: calls.sessions,
    nowMs,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot save the state of a session; after a crash it can be resumed only by its client')
    },
  })
  const resumedIds = new Set(calls.sessions.map(({ segmentId }) => segmentId))
  const recovered = await recoverAfterCrash(spool, recordingsFolder, objects, clock.now(), resumedIds)
  const { segments, resumed, recordings, broken } = recovered
  if (broken.length > 0) {
    log.error(
      { broken },
      'cannot read call data in the spool; their recordings are kept in the folder until this is resolved (docs/operate)',
    )
  }
  if (segments.length > 0 || calls.sessions.length > 0)
    log.warn(
      { segments: segments.length, recordings, sessions: calls.sessions.length },
      'recovered calls that a previous process left open',
    )
  const interruptedCalls = [...segments, ...(await loadInterruptedCalls(interruptedPath))]
  const counts = (quotas = await followQuotas({
    db,
    clock,
    copyPath: join(folder, 'quotas.json'),
    leftBehind: interruptedCalls,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot read the quota counts; using those read before')
    },
  }))

  const tail = await createTailJournal({
    directory: recordingsFolder,
    run: randomUUID(),
    onFault: (fault) => {
      log.error({ err: fault }, 'cannot write the tail journal')
    },
  })
  const listening = await chooseListening()
  if (listening.inBatches) log.info('RTP is received in batches (recvmmsg)')
  else
    log.warn(
      { why: listening.why },
      'RTP is received packet by packet, at about twice the processor cost (docs/operate/README.md)',
    )
  const ports = createPortAllocator({
    ...{ address: settings.rtp.host, ...settings.rtp },
    isNamedTrunk: trunks.length > 0 || settings.sipSecurity.sipsFiles ? isNamedTrunk : undefined,
  })
  const admission = createAdmission({
    onChange: ({ pressures }, measured) => {
      if (pressures.length > 0)
        log.error({ pressures, measured }, 'new sessions are refused because of pressure (docs/operate/overload.md)')
      else log.warn('new sessions are accepted again')
    },
  })
  const watchingBlockers = watchBlockers({
    blockers,
    volumes: { capture: folder, ...(settings.objects.kind === 'folder' && { objects: settings.objects.folder }) },
    oldestWaiting: () => spool.refused,
  })
  let countRecordings = () => 0
  const pressure = await watchPressure({
    admission,
    folders: [folder, ...(settings.objects.kind === 'folder' ? [settings.objects.folder] : [])],
    rtp: settings.rtp,
    recordings: () => countRecordings(),
    callsWaiting: () => spool.waiting,
    log,
  })
  const clients = createClientStatistics((seen) => {
    log.info(seen, 'a recording client sent a new form of metadata')
  })
  const storingClients = storeClientsSeen({
    store: (counts) => recordClient(db, counts),
    deleteExpired: () => deleteOldCaptureStatistics(db),
    clients,
    onFault: (error) => {
      log.warn({ err: error }, 'cannot store the statistics of recording clients; retrying')
    },
  })
  const flows = createCallFlows({ nowMs, uuid: randomUUID })
  const metrics = startMetrics('capture', { node: settings.splitRoles.node })
  measureBlockers(metrics.registry, blockers)
  const recordReception = measureReception(metrics.registry, log)
  const intakeKeys = await openIntakeKeyStock({ folder: join(folder, 'intake-keys'), db, nodeId, clock, log })
  const preallocated = createPreallocatedRecordings({
    ...{ directory: recordingsFolder, intakePublicKey: intakeKeys.next, uuid: randomUUID },
    onFault: (error) => {
      log.warn({ err: error }, 'cannot preallocate files for the next recordings; each recording creates its own')
    },
  })
  // Start now, so that the first call finds a preallocated file.
  preallocated.fill()
  const { sipsFiles, sipSources, sdesInClear } = settings.sipSecurity
  const isInClear = sourcesAmong(sdesInClear)
  const recorder = createRecorder({
    versionAt: versions.at,
    drawKey,
    quotas: counts,
    officials: () => directory.officials,
    intakePublicKey: intakeKeys.next,
    preallocated,
    clock,
    ports,
    mediaAddress: mediaAddresses(settings.rtp.host),
    isReachable: mediaReachability(settings.rtp.host),
    acceptsKeys: ({ transport, address }) => transport === 'tls' || isInClear(address),
    formats: {
      plays: [...(decodesG729() ? ['G729' as const] : []), ...(decodesGsm() ? ['GSM' as const] : [])],
      refusesUnplayable: settings.unplayable === 'refuse',
      storesUnplayable: settings.unplayable === 'keep',
    },
    spool,
    leftBehind: interruptedCalls,
    saved: { sessions: savedSessions, calls, resumed },
    ...trunking,
    recordingsFolder,
    tail,
    objects,
    random: { uuid: randomUUID, uint32: () => randomBytes(4).readUInt32BE() },
    onFault: (error, context) => {
      pressure.reportFault(error)
      log.error({ err: error, ...context }, 'capture')
    },
    onRefused: (refusal) => {
      log.warn(refusal, 'refused a recording session')
    },
    clients,
    onFacts: (dialogId, facts) => {
      flows.record(dialogId, facts)
      traceCall(facts)
      const { stored } = facts.recording ?? {}
      if (stored?.reception) recordReception(facts.segmentId, stored.reception, stored.packetsReceived === 0)
    },
    onUnknownNumber: (segment) => {
      log.error(
        segment,
        'a call to a number that is not in the register description; it is entered in the contact history',
      )
    },
  })
  countRecordings = () => recorder.recording
  // Before calls are accepted: a call that resumes after a restart may have been forbidden meanwhile.
  const prohibitionWatch = await followForbidden({
    db,
    databaseUrl,
    recorder,
    onNotRecordedHere: () => spool.retryReportedElsewhere(),
    onFault: (error) => {
      log.warn({ err: error }, 'cannot find or destroy prohibited recordings; retrying')
    },
  })
  const conferences = followConferences({
    ...{ db, databaseUrl, nodeId, conferences: recorder.conferences },
    onFault: (error) => {
      log.warn({ err: error }, 'cannot find conferences with sessions of other captures; retrying')
    },
  })
  const certificate =
    sipsFiles &&
    (await followCertificate({
      files: sipsFiles,
      read: (path) => readFile(path),
      now: () => clock.now(),
      onFault: (fault) => {
        log.error({ err: fault }, 'SIP over TLS')
      },
      onLoaded: (endsAt) => {
        log.info({ endsAt: endsAt.toString() }, 'the certificate for SIP over TLS is in use')
      },
    }))
  const sip = await startSipServer({
    host: settings.sip.host,
    port: settings.sip.port,
    transports: ['udp', 'tcp'],
    tls: certificate && { ...settings.sips, certificate },
    limits: { allowedSources: sipSources },
    sharesTrunk: trunking.sharesTrunk,
    handler: flows.watch(recorder.handler),
    resumed: savedDialogs(calls),
    refusal: admission.refusal,
    onAnswered: measureAnswers(metrics.registry),
    onFault: (error) => {
      log.error({ err: error }, 'SIP')
    },
  })

  const orphanWatch = watchOrphanedRecordings({
    folder: recordingsFolder,
    callsFolder: join(folder, 'calls'),
    known: () => new Set([...recorder.recordings('in-progress'), ...preallocated.ids()]),
    ...{ db, clock, log, registry: metrics.registry },
  })
  measureCapture(metrics.registry, { recorder, sip, ports, spool, certificate, admission, pressure })
  const answering = await answerDecisions(settings.integrations, {
    from: {
      versionAt: versions.at,
      drawKey,
      quotas: counts,
      officials: () => directory.officials,
      now: () => clock.now(),
    },
    ...{ certificate, registry: metrics.registry, log },
  })
  const metricsSocket = await serveMetrics(metrics.registry, socketPath(settings, 'metrics-capture'), blockers)
  const draining = drainOnRequest(admission, {
    remaining: () => recorder.live + spool.waiting,
    onChange: (drains) => {
      log.warn(drains ? 'draining: new sessions are refused' : 'drain cancelled: new sessions are accepted')
      process.send?.({ draining: drains })
    },
  })
  const callActivity = reportCallActivity(
    () => recorder.live,
    (isActive) => process.send?.({ hasCalls: isActive }),
    releaseMemory,
  )
  const control = await listenForControl(
    settings,
    () => ({
      ...admission.state,
      ...{ live: recorder.live - recorder.ending(), storing: recorder.ending(), waiting: spool.waiting },
      inUse: configurationInUse(versions, directory, clock),
    }),
    { execute: draining.execute, read: () => Promise.all([versions.refresh(), directory.refresh()]) },
  )
  const node = startNodeHeartbeat({
    ...{ db, databaseUrl },
    node: { id: nodeId, name: settings.splitRoles.node, version, startedAt: clock.now() },
    state: () => ({
      ...admission.state,
      ...{ sessions: recorder.live - recorder.ending(), recordings: recorder.recording, waiting: spool.waiting },
      blockers: blockers.list(),
    }),
    answer: async (request) =>
      request === 'metrics' ? shareMetrics(metrics.registry) : answerCallFlows(flows, request),
    onEnded: (calls) => {
      log.warn({ calls }, 'ended the calls of a capture node that has sent no heartbeat for 15 minutes')
    },
    onFault: (error) => {
      log.warn({ err: error }, 'cannot send the heartbeat of this capture node to the database')
    },
  })
  // The previous process was draining when it died.
  if (process.env['SELOSTE_DRAINING'] === '1') draining.execute('drain')

  return {
    address: formatEndpoint({ host: sip.address, port: sip.port }),
    done: draining.drained,
    async stop() {
      registerPause.stop()
      callActivity.stop()
      draining.stop()
      pressure.stop()
      watchingBlockers.stop()
      await answering.stop()
      await control.stop()
      await prohibitionWatch.stop()
      await conferences.stop()
      await saveInterruptedCalls(interruptedPath, recorder.inProgress())
      await recorder.stop()
      calls.ports.closeRest()
      await preallocated.stop()
      await intakeKeys.stop()
      await savedSessions.stop()
      await sip.stop()
      certificate?.stop()
      await metricsSocket.stop()
      await storingClients.stop()
      orphanWatch.stop()
      metrics.stop()
      await tail.close()
      await Promise.race([spool.settled(), new Promise((resolve) => setTimeout(resolve, settleMs))])
      await node.stop()
      await spool.stop()
      await traces.stop()
      await Promise.all([directory.stop(), counts.stop(), reporting.stop(), account.stop()])
      await versions.stop()
      await close()
      lock.release()
    },
  }
}

/** Longest wait at shutdown until the last facts are in the database; they are already on disk. */
const settleMs = 3_000
