mod corruption;
mod movements;
mod world;
