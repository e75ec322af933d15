import { Fact } from '../contact/facts.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Which calls a request from home is about, in the requester's words. */
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
