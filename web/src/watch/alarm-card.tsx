import { BellRing } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { api, queries } from '../api/client.ts'
import { Fact } from '../contact/facts.tsx'
import { Button } from '../controls/button.tsx'
import { Failure } from '../controls/failure.tsx'
import { Field } from '../controls/field.tsx'
import { Notice } from '../controls/notice.tsx'
import { formatInstant, formatSpan } from '../format/instant.ts'
import { formatCount } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { announce } from '../shell/announce.tsx'
import { idsIn, thresholdText, alarmText } from './alarm-words.ts'
import { LogLink } from './log-link.tsx'
import type { Alarm } from './watch-shapes.ts'

/** One alarm: finding, person, time, threshold and outcome. */
export function AlarmCard({ alarm, onChanged }: { alarm: Alarm; onChanged: () => void }) {
  const { t, language } = useLanguage()
  const title = useId()
  const instant = (at: string) => formatInstant(at, language)
  const references = idsIn(alarm.facts, 'references')
  return (
    <section className="panel stack-small alarm" aria-labelledby={title}>
      <div className="alarm-head">
        <h2 id={title}>{t(`watch.alarm.${alarm.kind}.title`)}</h2>
        {!alarm.closed && !alarm.seenAt && (
          <span className="badge badge-restricted">
            <BellRing aria-hidden="true" size={16} />
            {t('watch.alarm.new')}
          </span>
        )}
      </div>
      <p>{alarmText(alarm, t, language)}</p>
      <dl className="facts">
        {alarm.person && <Fact label={t('watch.alarm.person')}>{alarm.person.name}</Fact>}
        {alarm.official && <Fact label={t('watch.alarm.official')}>{alarm.official.name}</Fact>}
        <Fact label={t('watch.alarm.time')}>
          {instant(alarm.firstAt) === instant(alarm.lastAt)
            ? instant(alarm.lastAt)
            : formatSpan(alarm.firstAt, alarm.lastAt, language)}
        </Fact>
        <Fact label={t('watch.alarm.raised')}>{instant(alarm.raisedAt)}</Fact>
        <Fact label={t('watch.alarm.threshold')}>{thresholdText(alarm, t, language)}</Fact>
        {references.length > 0 && <Fact label={t('watch.alarm.references')}>{references.join(', ')}</Fact>}
        <Reasons reasons={alarm.facts['reasons']} />
      </dl>
      <LogLink alarm={alarm} />
      {alarm.closed ? (
        <div className="alarm-closed">
          {alarm.closed.by === undefined ? (
            <p>{t('watch.alarm.standstill.over', { time: instant(alarm.closed.at) })}</p>
          ) : (
            <p>{t('watch.alarm.closed.by', { name: alarm.closed.by, time: instant(alarm.closed.at) })}</p>
          )}
          {alarm.closed.note !== undefined && <p className="note">{alarm.closed.note}</p>}
        </div>
      ) : alarm.kind === 'standstill' ? (
        <p className="muted">{t('watch.alarm.standstill.itself')}</p>
      ) : (
        <Close alarm={alarm} onChanged={onChanged} />
      )}
    </section>
  )
}

/** Refusal reasons with counts. */
function Reasons({ reasons }: { reasons: unknown }) {
  const { t, language } = useLanguage()
  if (typeof reasons !== 'object' || reasons === null) return null
  return (
    <Fact label={t('watch.alarm.reasons')}>
      <ul className="plain-list">
        {Object.entries(reasons).map(([code, times]) => (
          <li key={code}>
            {t('watch.alarm.times', { number: formatCount(Number(times), language) })}{' '}
            {t(`watch.alarm.reason.${code.replace('contact.recording.', '')}` as Word)}
          </li>
        ))}
      </ul>
    </Fact>
  )
}

/** Marks an alarm as seen, and closes it with the outcome. */
function Close({ alarm, onChanged }: { alarm: Alarm; onChanged: () => void }) {
  const { t } = useLanguage()
  const [isOpen, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const [isMissing, setMissing] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>()
  const field = useId()
  const wasOpen = useRef(false)

  useEffect(() => {
    // Moves the focus into the form and back to the button that opened it.
    if (isOpen !== wasOpen.current) document.getElementById(isOpen ? field : `${field}-deal`)?.focus()
    wasOpen.current = isOpen
  }, [isOpen, field])

  const submit = async (request: () => Promise<{ error?: unknown }>, done: Word) => {
    setBusy(true)
    setFailed(undefined)
    const { error } = await request().catch((error: unknown) => ({ error }))
    setBusy(false)
    void queries.invalidateQueries({ queryKey: ['get', '/api/alarms'] })
    if (error) return setFailed(error)
    announce(t(done))
    onChanged()
  }
  const params = { path: { id: alarm.id } }
  const close = () => {
    if (note.trim() !== '')
      return void submit(
        () => api.POST('/api/alarms/{id}/close', { params, body: { note, count: alarm.count } }),
        'watch.alarm.closed',
      )
    setMissing(true)
    document.getElementById(field)?.focus()
  }

  if (alarm.isOwn) return <Notice kind="info">{t('watch.alarm.own')}</Notice>
  if (!isOpen) {
    return (
      <div className="actions">
        <Button id={`${field}-deal`} kind="secondary" aria-expanded={false} onPress={() => setOpen(true)}>
          {t('watch.alarm.deal')}
        </Button>
        {!alarm.seenAt && (
          <Button
            kind="quiet"
            isBusy={isBusy}
            onPress={() => void submit(() => api.POST('/api/alarms/{id}/seen', { params }), 'watch.alarm.seen')}
          >
            {t('watch.alarm.see')}
          </Button>
        )}
        {failed !== undefined && <Failure error={failed} />}
      </div>
    )
  }
  return (
    <div className="stack-small">
      <Field
        id={field}
        label={t('watch.alarm.note')}
        hint={t('watch.alarm.note.hint')}
        error={isMissing && note.trim() === '' ? t('watch.alarm.note.missing') : undefined}
        rows={2}
        value={note}
        onChange={setNote}
        maxLength={2000}
      />
      {failed !== undefined && <Failure error={failed} />}
      <div className="actions">
        <Button kind="primary" isBusy={isBusy} onPress={close}>
          {t('watch.alarm.close')}
        </Button>
        <Button kind="secondary" onPress={() => setOpen(false)}>
          {t('shell.cancel')}
        </Button>
      </div>
    </div>
  )
}
