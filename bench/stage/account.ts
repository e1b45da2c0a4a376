/** Of the simulated Plivo, and of the service. */
export const ACCOUNT = { authId: 'MABENCH0000000000000', authToken: 'bench-token' };

export const API_KEY = 'bench-key';
