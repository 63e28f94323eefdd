mod corruption;
mod fixture;
mod movements;
