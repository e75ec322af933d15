/** Callback path and refusals of the identification of requesters, for the desk, which does not load the provider's library. */

/** Path of the callback. */
export const requesterCallbackPath = '/requester-identification'

export type IdentificationRefusal = 'unavailable' | 'late' | 'cancelled' | 'refused' | 'not-strong'
