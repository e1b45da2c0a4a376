import { refuseUndescribed } from '../description/exchanges';

afterEach(refuseUndescribed);
afterAll(refuseUndescribed);
