import { useId } from 'react'
import type { RequestDetail } from '../../api/shapes.ts'
import { Notice } from '../../controls/notice.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { stateOf } from '../steps.ts'
import { StepSection } from '../step-section.tsx'
import { Copies } from './copies.tsx'
import { Corrections } from './corrections.tsx'

/** Acts for kinds of request that the description's switches allow: copies, corrections, official documents and others. */
export function Acts({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { t } = useLanguage()
  const { kinds, copies, corrections, openness } = request
  return (
    <StepSection step="acts" state={stateOf('acts', request)}>
      {(kinds.includes('COPY') || copies.length > 0) && <Copies request={request} onChanged={onChanged} />}
      {(kinds.includes('RECTIFY') || corrections.length > 0) && <Corrections request={request} onChanged={onChanged} />}
      {kinds.includes('LOG_EXTRACT') && <ActNotice title={t('acts.looks')}>{t('acts.looks.what')}</ActNotice>}
      {kinds.includes('MENTIONED') && <ActNotice title={t('acts.mentioned')}>{t('acts.mentioned.what')}</ActNotice>}
      {(kinds.includes('OPENNESS') || openness) && <Openness request={request} />}
    </StepSection>
  )
}

/** Instructions for a kind of request for which this step has no controls. */
function ActNotice({ title, children }: { title: string; children: string }) {
  const id = useId()
  return (
    <section className="stack-small" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p>{children}</p>
    </section>
  )
}

function Openness({ request: { openness } }: { request: RequestDetail }) {
  const { t, language } = useLanguage()
  const id = useId()
  return (
    <section className="stack-small" aria-labelledby={id}>
      <h3 id={id}>{t('acts.openness')}</h3>
      {openness ? (
        <Notice kind="info" title={t(`acts.openness.${openness.outcome}`)}>
          <p>{t('acts.openness.provision.said', { provision: openness.provision })}</p>
          {openness.outcome === 'REFERRED' && (
            <p>
              {openness.takenUpAt
                ? t('acts.openness.takenUp', { time: formatInstant(openness.takenUpAt, language) })
                : t('acts.openness.referred')}
            </p>
          )}
          <p>{t('acts.decided', { who: openness.by.name, time: formatInstant(openness.at, language) })}</p>
        </Notice>
      ) : (
        <p>{t('acts.openness.waits')}</p>
      )}
    </section>
  )
}
