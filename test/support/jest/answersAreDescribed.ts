import { refuseUndescribed } from '../description/faultyAnswers';

afterEach(refuseUndescribed);
afterAll(refuseUndescribed);
