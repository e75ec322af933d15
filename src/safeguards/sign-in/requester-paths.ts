/** What the desk knows of the identification of requesters, without the provider's library. */

/** Redirect path. */
export const requesterCallbackPath = '/requester-identification'

export type IdentificationRefusal = 'unavailable' | 'late' | 'cancelled' | 'refused' | 'not-strong'
