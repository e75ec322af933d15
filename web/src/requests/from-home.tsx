import { Fact } from '../contact/facts.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Description of the calls in a request from home, in the requester's words. */
export function FromHome({ told }: { told: string }) {
  const { t } = useLanguage()
  return (
    <dl className="facts">
      <Fact label={t('requests.home.told')}>
        <span className="request-address breaking">{told}</span>
      </Fact>
    </dl>
  )
}
