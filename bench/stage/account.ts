/** Of the simulated Plivo, and of the service. */
export const ACCOUNT = { authId: 'MABENCH0000000000000', authToken: 'bench-token' };

export const API_KEY = 'bench-key';

/** Of tokens that the service would take, if somebody signed one. */
export const JWT_ISSUER = 'https://login.example.com/';
export const JWT_AUDIENCE = 'sms';
